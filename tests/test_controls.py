"""Each protection of the service is switched off in a copy, and its tests must fail."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Environment
from controls import CONTROLS, Control
from support.pythons import interpreters, oldest_and_newest
from support.service import PROVIDERS, Service, render
from support.warm import Run, warm_pytest

HALF = len(CONTROLS) // 2


@pytest.fixture(scope="class")
def service(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A rendered and installed service."""
    version = oldest_and_newest()[-1]
    path = tmp_path_factory.mktemp("controls-") / "service"
    render(path, python_version=version, oauth_providers=PROVIDERS, redis=True)
    subprocess.run(["git", "init", "--quiet", str(path)], check=True)
    service = Service(path, interpreters()[version], environment)
    service.run("uv", "sync")
    return service


@pytest.fixture(scope="class")
def run(service: Service) -> Iterator[Run]:
    """Its pytest, warm; all runs share a Redis, which each test empties."""
    with service.redis() as url:
        environment = service.environment(TEST_REDIS_URL=url)
        with warm_pytest(service.path, environment) as run:
            yield run


@contextmanager
def switched_off(file: Path, control: Control) -> Iterator[None]:
    text = file.read_text()
    assert text.count(control.old) == 1, f"{control.path} does not say what is to be replaced"
    file.write_text(text.replace(control.old, control.new))
    try:
        yield
    finally:
        file.write_text(text)


def check(service: Service, run: Run, control: Control) -> None:
    with switched_off(service.path / control.path, control):
        code, output = run(control.path, "--exitfirst", "--tb=line", *control.tests.split())
    # A test failed, and not because the copy is broken: then there would be errors alone.
    assert code == 1, output
    assert re.search(r"^=.* 1 failed\b", output, re.MULTILINE), output


class TestFirstHalf:
    """Two classes, so that two workers can share the controls."""

    @pytest.mark.parametrize("control", CONTROLS[:HALF], ids=lambda control: control.name)
    def test_its_tests_fail_without_it(self, service: Service, run: Run, control: Control) -> None:
        check(service, run, control)


class TestSecondHalf:
    """The other ones."""

    @pytest.mark.parametrize("control", CONTROLS[HALF:], ids=lambda control: control.name)
    def test_its_tests_fail_without_it(self, service: Service, run: Run, control: Control) -> None:
        check(service, run, control)
