"""Each protection of the service is switched off in a copy, and its tests must fail."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from conftest import Environment
from controls import CONTROLS, ON_POSTGRESQL, ON_SQLITE, Control
from support.postgres import postgres_database
from support.pythons import interpreters, oldest_and_newest
from support.service import PROVIDERS, Service, render
from support.warm import Run, warm_pytest

HALF = len(CONTROLS) // 2
EVERYTHING = {"oauth_providers": PROVIDERS, "redis": True}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "control" in metafunc.fixturenames:
        metafunc.parametrize("control", metafunc.cls.controls, ids=lambda control: control.name)


@pytest.fixture(scope="class")
def service(request: pytest.FixtureRequest, environment: Environment) -> Iterator[Service]:
    """A rendered and installed service."""
    version = oldest_and_newest()[-1]
    # Not in pytest's folder, where other users cannot go: PostgreSQL runs as one of them.
    with tempfile.TemporaryDirectory(prefix="controls-") as folder:
        path = Path(folder) / "service"
        render(path, python_version=version, **request.cls.answers)
        subprocess.run(["git", "init", "--quiet", str(path)], check=True)
        service = Service(path, interpreters()[version], environment)
        service.run("uv", "sync")
        yield service


@pytest.fixture(scope="class")
def run(request: pytest.FixtureRequest, service: Service) -> Iterator[Run]:
    """Its pytest, warm; all runs share the servers: a Redis, which each test empties."""
    servers = {}
    with ExitStack() as stack:
        if request.cls.answers.get("redis"):
            servers["TEST_REDIS_URL"] = stack.enter_context(service.redis())
        if request.cls.answers.get("database") == "postgresql":
            servers["TEST_DATABASE_URL"] = stack.enter_context(postgres_database())
        yield stack.enter_context(warm_pytest(service.path, service.environment(**servers)))


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


class Controls:
    """A class for each service, or half of its controls, which two workers can share."""

    answers: ClassVar[dict[str, Any]]
    controls: ClassVar[list[Control]]

    def test_its_tests_fail_without_it(self, service: Service, run: Run, control: Control) -> None:
        check(service, run, control)


class TestFirstHalf(Controls):
    answers = EVERYTHING
    controls = CONTROLS[:HALF]


class TestSecondHalf(Controls):
    answers = EVERYTHING
    controls = CONTROLS[HALF:]


class TestOnSqlite(Controls):
    answers: ClassVar = {"database": "sqlite"}
    controls = ON_SQLITE


class TestOnPostgresql(Controls):
    answers: ClassVar = {"database": "postgresql"}
    controls = ON_POSTGRESQL
