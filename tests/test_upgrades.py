"""Services of every release, changed by their owners, are updated to the working tree."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import Environment
from support.postgres import postgres_database
from support.pythons import interpreters, oldest_and_newest
from support.releases import CURRENT, commit, git, make_template, releases, start_service
from support.service import PROVIDERS, WITHOUT_LONG, Service
from updates.scenarios import edit, lost

ANSWERS: dict[str, dict[str, Any]] = {
    "smallest": {"database": "sqlite", "ci": "none"},
    "largest": {"database": "postgresql", "ci": "github", "oauth_providers": PROVIDERS},
}

# By the oldest Copier that the template takes, and by the newest there is.
WAYS = [("smallest", "copier==9.18.0"), ("largest", "copier")]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_template(tmp_path_factory.mktemp("source") / "template", *releases())


@pytest.fixture
def copier(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A folder for PATH with one version of Copier."""
    program = tmp_path / "bin" / "copier"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec uv tool run --from {request.param} copier "$@"\n')
    program.chmod(0o755)
    return str(program.parent)


@pytest.fixture
def service(source: str, release: str, answers: str, environment: Environment) -> Iterator[Service]:
    """A service of a release, with a database of that release and a year of edits."""
    with ExitStack() as stack:
        # Not in pytest's folder, where other users cannot go: PostgreSQL runs as one of them.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="upgrade-"))
        path = Path(folder) / "service"
        start_service(source, path, release, **ANSWERS[answers])
        edit(path, release)
        settings = dict(environment)
        if ANSWERS[answers]["database"] == "postgresql":
            settings["APP_DATABASE_URL"] = stack.enter_context(postgres_database())
        service = Service(path, interpreters()[oldest_and_newest()[-1]], settings)
        service.run("make", "migrate")
        commit(path, "A year of work")
        yield service


@pytest.mark.parametrize(("answers", "copier"), WAYS, indirect=["copier"])
@pytest.mark.parametrize("release", releases())
def test_upgrade(service: Service, copier: str, release: str) -> None:
    path = f"{copier}:{service.environment()['PATH']}"
    output = service.run("make", "update", PATH=path)
    assert f"_commit: v{CURRENT}" in (service.path / ".copier-answers.yml").read_text()
    assert lost(service.path, release) == []
    commit(service.path, "Update")
    if "A migration is due" in output:
        service.run("make", "migration", "m=update")
        commit(service.path, "Migrate")
    service.run("make", "migrate")
    with service.serving() as server:
        assert server.request("GET", "/health/ready").body["status"] == "ok"
        assert server.request("GET", "/motto").status == 200
        assert server.stop() == 0
    left_out = " ".join(WITHOUT_LONG)
    assert " passed" in service.run("make", "check", PYTEST_ADDOPTS=left_out)
    service.run("make", "update", PATH=path)
    assert git(service.path, "status", "--porcelain") == ""
