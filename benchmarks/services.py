"""Rendered services, and references on the same libraries, as servers on a core of their own."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

import copier
from support.service import ROOT, Service, free_port

from benchmarks import databases
from benchmarks.load import Request
from benchmarks.machine import on_server_core, process
from benchmarks.rounds import Target
from benchmarks.tokens import KEY

REFERENCES = Path(__file__).parent / "references"
ADMIN, PASSWORD = "root@example.com", "correct horse battery"
FLAGS = ("--no-server-header", "--no-access-log", "--loop=uvloop", "--http=httptools")
USERS = 1000
START_SECONDS = 60

# As behind a proxy on the same machine that ends TLS.
PROXIED = {"X-Forwarded-Proto": "https"}

# Production, with limits that are counted and never reached, and without developers' tools: rich,
# for one, would be imported.
SETTINGS = {
    "UV_NO_DEV": "1",
    "APP_ENVIRONMENT": "production",
    "APP_ACCESS_TOKEN_MINUTES": "1440",
    "APP_RATE_LIMIT_DEFAULT": "1000000/second",
    "APP_RATE_LIMIT_CREDENTIALS": "1000000/second",
    "APP_REQUIRE_VERIFIED_EMAIL": "false",
    "APP_SHUTDOWN_DELAY": "0",
}


@dataclass(frozen=True)
class Running:
    """A server that answers, and its process."""

    pid: int
    url: str

    def target(self, path: str, token: str | None = None, script: str | None = None) -> Target:
        """A request of this server, signed in with `token`; `script` makes them differ."""
        headers = dict(PROXIED)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if script is not None:
            headers["Content-Type"] = "application/json"
        return Target(self.pid, Request(url=self.url + path, headers=headers, script=script))

    def sign_in(self, email: str = ADMIN) -> str:
        """An access token, of the administrator unless of somebody else."""
        form = urllib.parse.urlencode({"username": email, "password": PASSWORD}).encode()
        request = urllib.request.Request(f"{self.url}/auth/login", form, PROXIED)
        with urllib.request.urlopen(request, timeout=30) as answer:
            token: str = json.load(answer)["access_token"]
        return token


@dataclass(frozen=True)
class Installed:
    """A service in its own environment, on a database that is migrated and filled."""

    service: Service
    database: databases.Database

    @contextmanager
    def serving(self) -> Iterator[Running]:
        """The service, on the server's core."""
        with self._serving("app.main:app", self.service.path, {}) as running:
            yield running

    @contextmanager
    def reference(self, name: str) -> Iterator[Running]:
        """A reference, with the service's libraries and database."""
        settings = {"REFERENCE_KEY": KEY, "REFERENCE_DATABASE_URL": self.database.url}
        with self._serving(f"{name}:app", REFERENCES, settings) as running:
            yield running

    @contextmanager
    def _serving(self, app: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Running]:
        port = free_port()
        python = self.service.path / ".venv" / "bin" / "python"
        command = [str(python), "-m", "uvicorn", app, f"--port={port}", *FLAGS]
        log = self.service.path.parent / f"server-{port}.log"
        environment = self.service.environment(**settings)
        with process(on_server_core(command), folder, environment, log) as server:
            _wait(server, port, log)
            yield Running(server.pid, f"http://127.0.0.1:{port}/api/v1")


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.005)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


@contextmanager
def installed(database: str, *, users: int = USERS, redis: bool = False) -> Iterator[Installed]:
    """A service with these answers, ready to be started."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        service = _render(folder / "service", database=database, redis=redis)
        made = databases.postgresql() if database == "postgresql" else databases.sqlite(folder)
        there = stack.enter_context(made)
        settings = {**SETTINGS, "APP_SECRET_KEY": token_hex(32), "APP_DATABASE_URL": there.url}
        if redis:
            # The server is among what developers have.
            developer = replace(service, settings={"UV_PROJECT_ENVIRONMENT": f"{folder}/dev"})
            settings["APP_REDIS_URL"] = stack.enter_context(developer.redis())
        service = replace(service, settings=settings)
        service.run("uv", "run", "alembic", "upgrade", "head")
        there.fill(users)
        service.run(
            "uv", "run", "python", "-m", "app", "create-admin", ADMIN, ADMIN_PASSWORD=PASSWORD
        )
        yield Installed(service, there)


def _render(folder: Path, **answers: object) -> Service:
    copier.run_copy(str(ROOT), folder, data=answers, defaults=True, quiet=True, vcs_ref="HEAD")
    service = Service(folder, Path(sys.executable), SETTINGS)
    service.run("uv", "sync", "--quiet")
    # What the references need beyond it.
    service.run("uv", "pip", "install", "--quiet", "--python", ".venv/bin/python", "pyjwt")
    return service
