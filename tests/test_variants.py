"""Each database on the oldest and the newest Python found: installed, checked, migrated, served.

Every step goes through the commands that the service's owner has. `make test` prints which Pythons
these are and which were therefore not run.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.postgres import postgres_database
from support.pythons import interpreters, oldest_and_newest
from support.service import Service, render

DATABASES = ("sqlite", "postgresql")

# The service promises its tests in 15 s on two cores; here two variants share the two cores.
SUITE_LIMIT = 45.0

VARIANTS = [
    pytest.param(
        (database, python), id=f"{database}-{python}", marks=pytest.mark.xdist_group(database)
    )
    for database in DATABASES
    for python in oldest_and_newest()
]
NEWEST = [variant for variant in VARIANTS if str(variant.id).endswith(oldest_and_newest()[-1])]


@pytest.fixture(scope="module")
def locks() -> dict[str, Path]:
    """The lock file of each database, made once: it is the same for every Python."""
    return {}


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, locks: dict[str, Path]
) -> Iterator[Service]:
    """A rendered and installed service, with a database of its own."""
    database, version = request.param
    path = tmp_path_factory.mktemp(f"{database}-{version}") / "service"
    render(path, database=database, python_version=version)
    subprocess.run(["git", "init", "--quiet", str(path)], check=True)
    with ExitStack() as stack:
        settings = {}
        if database == "postgresql":
            settings["APP_DATABASE_URL"] = stack.enter_context(postgres_database())
        service = Service(path, interpreters()[version], settings)
        if database in locks:
            shutil.copy(locks[database], path)
        else:
            service.run("uv", "lock")
            locks[database] = path / "uv.lock"
        service.run("uv", "sync", "--locked")
        yield service


Record = Callable[[str, object], None]

variants = pytest.mark.parametrize("service", VARIANTS, indirect=True)
newest_only = pytest.mark.parametrize("service", NEWEST, indirect=True)


@variants
def test_runs_on_the_chosen_python(service: Service, request: pytest.FixtureRequest) -> None:
    version = request.node.callspec.params["service"][1]
    output = service.run("uv", "run", "python", "-c", "import sys; print(sys.version)")
    assert output.splitlines()[-1].startswith(f"{version}.")


@variants
def test_make_check_passes(service: Service, record_property: Record) -> None:
    started = time.monotonic()
    output = service.run("make", "check")
    record_property("make check", f"{time.monotonic() - started:.1f} s")
    suite = re.search(r"(\d+) passed.* in ([\d.]+)s", output)
    assert suite, f"make check ran no tests:\n{output}"
    record_property("its tests", f"{suite[1]} in {suite[2]} s")
    assert float(suite[2]) < SUITE_LIMIT


@variants
def test_migrates_up_down_and_up_again(service: Service) -> None:
    service.run("uv", "run", "alembic", "upgrade", "head")
    service.run("uv", "run", "alembic", "downgrade", "base")
    service.run("make", "migrate")
    assert "No new upgrade operations detected" in service.run("uv", "run", "alembic", "check")


@variants
def test_serves_an_account_on_a_real_socket(service: Service) -> None:
    service.run("make", "migrate")
    account = {"email": "ada@example.com", "password": "correct horse battery staple"}
    with service.serving() as server:
        live = server.request("GET", "/health/live")
        assert (live.status, live.body["status"]) == (200, "ok")
        ready = server.request("GET", "/health/ready")
        assert (ready.status, ready.body["status"]) == (200, "ok"), ready

        registered = server.request("POST", "/auth/register", data=account)
        assert (registered.status, registered.body) == (202, {"status": "accepted"})
        login = {"username": account["email"], "password": account["password"]}
        tokens = server.request("POST", "/auth/login", form=login)
        assert tokens.status == 200, tokens
        me = server.request("GET", "/users/me", token=tokens.body["access_token"])
        assert (me.status, me.body["email"]) == (200, account["email"])
        assert server.request("GET", "/users/me").status == 401

        assert server.stop() == 0, server.log.read_text()


@variants
def test_deploy_check_tells_safe_settings_from_the_example(service: Service) -> None:
    check = ("uv", "run", "python", "-m", "app", "check", "--deploy")
    production = {"APP_ENVIRONMENT": "production"}
    service.run(*check)
    example = dict(
        line.split("=", 1)
        for line in (service.path / ".env.example").read_text().splitlines()
        if re.match(r"APP_\w+=", line)
    )
    code, output = service.try_run(*check, **(example | production))
    assert code == 1, output
    assert "APP_SECRET_KEY" in output


@newest_only
def test_schemathesis_finds_nothing(service: Service) -> None:
    output = service.run(
        "uv", "run", "pytest", "tests/api/test_schema.py", SCHEMATHESIS_MAX_EXAMPLES="100"
    )
    assert re.search(r"\d+ passed", output), output
