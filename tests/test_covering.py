"""Every two answers are tried together: types, layers, migrations, a start and the tests.

One environment serves all rows, since the libraries of the largest service hold those of all
others; the variants are installed each from its own lock. Of services with the same code the first
is migrated, started and tested; those with nothing and with everything on are variants. `make
test-all` takes every three answers, and the tests that take long, too.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pytest
from conftest import Environment, Record
from support.covering import Factors, Row, covering_array, interactions
from support.postgres import postgres_database
from support.pythons import interpreters, oldest_and_newest
from support.rows import (
    NEEDS,
    answers_of,
    factors,
    is_allowed,
    label_of,
    rows,
    rows_to_run,
)
from support.service import PROVIDERS, WITHOUT_LONG, Service, render


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "row" in metafunc.fixturenames:
        found = rows(metafunc.config.getoption("strength"))
        versions = sorted(factors()["python_version"])
        older = versions[: len(versions) // 2]
        is_older = metafunc.cls.is_older
        ours = [row for row in found if (row["python_version"] in older) == is_older]
        metafunc.parametrize("row", ours, ids=label_of)


@pytest.mark.parametrize("strength", [2, 3])
def test_any_answers_occur_together(strength: int, record_property: Record) -> None:
    """Counted here once more, without the code that made the rows."""
    found, answers = rows(strength), factors()
    wanted = 0
    for names in combinations(answers, strength):
        seen = {tuple(row[name] for name in names) for row in found}
        every = set(product(*(answers[name] for name in names)))
        assert seen == every, names
        wanted += len(every)
    assert wanted == len(interactions(answers, strength, is_allowed))
    record_property("rows", f"{len(found)}, in which {wanted} of {wanted} occur")


def test_what_does_not_go_together_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NEEDS, "jobs", "redis")
    questions: Factors = {"jobs": [False, True], "redis": [False, True], "ci": ["a", "b"]}
    found = covering_array(questions, 2, [], is_allowed)
    assert all(map(is_allowed, found))
    assert {(row["jobs"], row["ci"]) for row in found} == set(product([False, True], "ab"))


@pytest.fixture(scope="class")
def largest(environment: Environment) -> Iterator[Service]:
    """A service with everything, installed."""
    version = oldest_and_newest()[-1]
    # Not in pytest's folder, where other users cannot go: PostgreSQL runs as one of them.
    with tempfile.TemporaryDirectory(prefix="covering-") as folder:
        path = Path(folder) / "service"
        answers = {"database": "postgresql", "oauth_providers": PROVIDERS, "redis": True}
        render(path, python_version=version, **answers)
        service = Service(path, interpreters()[version], environment)
        service.run("uv", "sync")
        # What only the other database needs.
        python = f"{environment['UV_PROJECT_ENVIRONMENT']}/bin/python"
        service.run("uv", "pip", "install", "--python", python, "aiosqlite")
        yield service


@contextmanager
def service_of(row: Row, largest: Service) -> Iterator[Service]:
    """The service of a row, in the environment of the largest."""
    path = largest.path.parent / "row"
    render(path, **answers_of(row))
    try:
        yield replace(largest, path=path, settings={**largest.settings, "UV_NO_SYNC": "1"})
    finally:
        subprocess.run(["rm", "-rf", str(path)], check=True)


@contextmanager
def with_servers(service: Service, row: Row) -> Iterator[Service]:
    """The same with the servers that it needs."""
    settings = dict(service.settings)
    with ExitStack() as stack:
        if row["database"] == "postgresql":
            settings["APP_DATABASE_URL"] = stack.enter_context(postgres_database())
        if row["redis"]:
            settings["APP_REDIS_URL"] = stack.enter_context(service.redis())
        yield replace(service, settings=settings)


def work(service: Service, *arguments: str) -> None:
    """Migrate, start and test a service, with further ``arguments`` of pytest."""
    service.run("uv", "run", "alembic", "upgrade", "head")
    with service.serving() as server:
        ready = server.request("GET", "/health/ready")
        assert (ready.status, ready.body["status"]) == (200, "ok"), ready
        account = {"email": "ada@example.com", "password": "correct horse battery staple"}
        assert server.request("POST", "/auth/register", data=account).status == 202
        assert server.stop() == 0
    service.run("uv", "run", "pytest", "--quiet", "--show-capture=no", *arguments)


def check_row(row: Row, largest: Service, strength: int) -> None:
    with service_of(row, largest) as service:
        service.run("uv", "run", "mypy")
        service.run("uv", "run", "lint-imports")
        if row in rows_to_run(strength):
            with with_servers(service, row) as running:
                work(running, *(WITHOUT_LONG if strength < 3 else []))


class TestOlderPythons:
    """Two classes, so that two workers can share the rows.

    mypy has a cache for each version.
    """

    is_older = True

    def test_row(self, largest: Service, row: Row, request: pytest.FixtureRequest) -> None:
        check_row(row, largest, request.config.getoption("strength"))


class TestNewerPythons:
    """The other ones."""

    is_older = False

    def test_row(self, largest: Service, row: Row, request: pytest.FixtureRequest) -> None:
        check_row(row, largest, request.config.getoption("strength"))
