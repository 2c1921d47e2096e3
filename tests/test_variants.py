"""Each database on the oldest and the newest Python found: installed, checked, migrated, served.

Every step goes through the commands that the service's owner has. The head of the run says which
Pythons these are, and which were therefore not run.
"""

import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from conftest import Record
from support.image import Image
from support.markdown import Page
from support.postgres import postgres_database
from support.pythons import interpreters, oldest_and_newest
from support.service import PROVIDERS, Service, render

# Two variants share the cores here, on a machine that may be busy besides: the clock would say more
# about that than about the service. What its checks cost a processor is told and bounded.
CHECK_LIMIT = 300.0

variants = pytest.mark.parametrize("service", oldest_and_newest(), indirect=True)
newest_only = pytest.mark.parametrize("service", oldest_and_newest()[-1:], indirect=True)


@pytest.fixture(scope="class")
def lock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lock file of a database, made once: it is the same for every Python."""
    return tmp_path_factory.mktemp("lock") / "uv.lock"


@pytest.fixture(scope="class")
def service(request: pytest.FixtureRequest, lock: Path) -> Iterator[Service]:
    """A rendered and installed service, with a database of its own."""
    database, version = request.cls.database, request.param
    with ExitStack() as stack:
        # Not in pytest's folder: the service's pytest would take it for its own and close it to
        # other users, and PostgreSQL, when root starts it out of .venv, runs as another user.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{database}-{version}-"))
        path = Path(folder) / "service"
        answers = request.cls.answers
        render(path, database=database, python_version=version, **answers)
        subprocess.run(["git", "init", "--quiet", str(path)], check=True)
        settings = {}
        if database == "postgresql":
            settings["APP_DATABASE_URL"] = stack.enter_context(postgres_database())
        service = Service(path, interpreters()[version], settings)
        if lock.exists():
            shutil.copy(lock, path / "uv.lock")
        else:
            service.run("uv", "lock")
            shutil.copy(path / "uv.lock", lock)
        service.run("uv", "sync", "--locked")
        if answers.get("redis"):
            settings["APP_REDIS_URL"] = stack.enter_context(service.redis())
        yield service


def processor_seconds() -> float:
    """What the processes that this one waited for have cost so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Variants:
    """The steps; a class for each database, which two workers can share without a common lock."""

    database: ClassVar[str]
    answers: ClassVar[dict[str, object]] = {}

    @variants
    def test_runs_on_the_chosen_python(
        self, service: Service, request: pytest.FixtureRequest
    ) -> None:
        version = request.node.callspec.params["service"]
        output = service.run("uv", "run", "python", "-c", "import sys; print(sys.version)")
        assert output.splitlines()[-1].startswith(f"{version}.")

    @variants
    def test_make_check_passes(self, service: Service, record_property: Record) -> None:
        started, spent = time.monotonic(), processor_seconds()
        output = service.run("make", "check")
        spent = processor_seconds() - spent
        elapsed = time.monotonic() - started
        record_property("make check", f"{elapsed:.1f} s, {spent:.1f} s of a processor")
        suite = re.search(r"(\d+) passed.* in ([\d.]+)s", output)
        assert suite, f"make check ran no tests:\n{output}"
        record_property("its tests", f"{suite[1]} in {suite[2]} s")
        assert spent < CHECK_LIMIT

    @variants
    def test_migrates_up_down_and_up_again(self, service: Service) -> None:
        service.run("uv", "run", "alembic", "upgrade", "head")
        service.run("uv", "run", "alembic", "downgrade", "base")
        service.run("make", "migrate")
        assert "No new upgrade operations detected" in service.run("uv", "run", "alembic", "check")

    @variants
    def test_serves_an_account_on_a_real_socket(self, service: Service) -> None:
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

            assert server.stop() == 0
            assert "Application shutdown complete" in server.log.read_text()

    @newest_only
    def test_of_fifty_refreshes_at_two_workers_one_succeeds(self, service: Service) -> None:
        service.run("make", "migrate")
        account = {"email": "grace@example.com", "password": "correct horse battery staple"}
        login = {"username": account["email"], "password": account["password"]}
        unlimited = {"APP_RATE_LIMIT_ENABLED": "false"}
        serving = service.serving("--workers=2", **unlimited)
        with serving as server, ThreadPoolExecutor(50) as pool:
            server.request("POST", "/auth/register", data=account)
            token = server.request("POST", "/auth/login", form=login).body["refresh_token"]
            for _ in range(20):
                call = partial(
                    server.request, "POST", "/auth/refresh", data={"refresh_token": token}
                )
                replies = [reply.result() for reply in [pool.submit(call) for _ in range(50)]]
                assert Counter(reply.status for reply in replies) == {200: 1, 401: 49}
                token = next(r.body["refresh_token"] for r in replies if r.status == 200)
            server.stop()

    @newest_only
    def test_health_check_of_the_image_passes_in_production(self, service: Service) -> None:
        *_, code = Image(service.path / "Dockerfile").health_check
        production = {"APP_ENVIRONMENT": "production", "APP_ALLOWED_HOSTS": "api.example.com"}
        with service.serving(**production) as server:
            assert server.request("GET", "/users/me").status == 400
            own_port = server.url.removesuffix("/api/v1").rpartition(":")[2]
            assert "127.0.0.1:8000" in code
            check = code.replace("127.0.0.1:8000", f"127.0.0.1:{own_port}")
            service.run("uv", "run", "python", "-c", check)
            server.stop()
            result, _ = service.try_run("uv", "run", "python", "-c", check)
            assert result != 0

    @variants
    def test_deploy_check_tells_safe_settings_from_the_example(self, service: Service) -> None:
        check = ("uv", "run", "python", "-m", "app", "check", "--deploy")
        service.run(*check)
        example = re.findall(
            r"^(APP_\w+)=(.*)$", (service.path / ".env.example").read_text(), re.MULTILINE
        )
        code, output = service.try_run(*check, **dict(example))
        assert code != 0
        assert "APP_SECRET_KEY" in output

    @newest_only
    def test_programs_that_the_readme_names_are_there(self, service: Service) -> None:
        commands = Page(service.path / "README.md").commands
        subcommands = {c.split()[5] for c in commands if c.startswith("uv run python -m app ")}
        assert subcommands >= {"create-admin", "check"}
        for subcommand in subcommands:
            service.run("uv", "run", "python", "-m", "app", subcommand, "--help")

    @newest_only
    def test_schemathesis_finds_nothing(self, service: Service, record_property: Record) -> None:
        started = time.monotonic()
        output = service.run("make", "test-schema", SCHEMATHESIS_CASES="2000")
        cases = re.search(r"^(\d+) cases .*$", output, re.MULTILINE)
        assert cases, output
        record_property("schemathesis", f"{cases[0]}, {time.monotonic() - started:.1f} s")
        assert int(cases[1]) >= 2000


class TestSqlite(Variants):
    database = "sqlite"


class TestPostgresql(Variants):
    """With every option on, as the other one has none."""

    database = "postgresql"
    answers: ClassVar[dict[str, object]] = {"oauth_providers": PROVIDERS, "redis": True}
