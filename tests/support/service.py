"""A rendered service on disk, and the commands its owner would give there."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier

ROOT = Path(__file__).resolve().parents[2]

# Of this process's environment, what would make a service behave otherwise than on its own.
PRIVATE = ("APP_", "TEST_", "UV_PROJECT", "VIRTUAL_ENV", "MAKE", "MFLAGS", "PYTEST_", "PYTHON")

# Generous: a step that hangs must not hang the run.
STEP_TIMEOUT = 600.0
START_TIMEOUT = 60.0


# Every provider to sign in with: a service with all of them.
PROVIDERS = ["github", "gitlab", "google", "microsoft", "oidc"]

# Tests of the service which take longest and have least to do with its options: they run in the
# variants, which are the smallest and the largest service, and in `make test-all`.
LONG = [
    "tests/api/test_idempotency_races.py",
    "tests/api/test_races.py",
    "tests/api/test_schema.py",
    "tests/api/test_throttle.py",
    "tests/oauth/test_browser.py",
    "tests/oauth/test_faults.py",
    "tests/oauth/test_schema.py",
    "tests/redis/test_outage.py",
    "tests/test_purge.py",
    "tests/test_storm.py",
]

# The arguments of pytest that leave them out.
WITHOUT_LONG = [f"--ignore={path}" for path in LONG]

# mypy trusts what it found of a file before only when that file is the same, wherever it is. No two
# workers share a cache, for it is no place to meet.
MYPY_CACHE = ROOT / ".mypy_cache" / os.environ.get("PYTEST_XDIST_WORKER", "services")

SERVE = ("uv", "run", "uvicorn", "app.main:app", "--no-server-header")


class StepFailedError(AssertionError):
    """A command of a service failed: its command line and its output."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any


@dataclass(frozen=True)
class Service:
    """A service in ``path`` whose commands run on the interpreter ``python``."""

    path: Path
    python: Path
    settings: Mapping[str, str]

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(PRIVATE)}
        # uv alone: what the service calls must come from its own environment, not from ours.
        path = f"{ROOT / '.venv' / 'uv'}{os.pathsep}{os.environ['PATH']}"
        uv = {
            "UV_PYTHON": str(self.python),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_SYSTEM_CERTS": os.environ.get("UV_SYSTEM_CERTS", "true"),
        }
        mypy = {"MYPY_CACHE_DIR": str(MYPY_CACHE)}
        return {**kept, "PATH": path, **uv, **mypy, **self.settings, **extra}

    def run(self, *command: str, seconds: float = STEP_TIMEOUT, **extra: str) -> str:
        """The output of a command that must succeed, and in time."""
        code, output = self.try_run(*command, seconds=seconds, **extra)
        if code:
            raise StepFailedError(f"{' '.join(command)}\nexited with {code}:\n{output}")
        return output

    def try_run(
        self, *command: str, seconds: float = STEP_TIMEOUT, **extra: str
    ) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=self.path,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
        return done.returncode, done.stdout

    @contextmanager
    def redis(self) -> Iterator[str]:
        """The URL of the server that the service's owner would start for development."""
        with subprocess.Popen(
            ("uv", "run", "python", "-m", "tests.servers.redis"),
            cwd=self.path,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield next(
                    line.strip().removeprefix("APP_REDIS_URL=")
                    for line in process.stdout or ()
                    if "APP_REDIS_URL=" in line
                )
            finally:
                process.terminate()

    @contextmanager
    def serving(self, *options: str, **extra: str) -> "Iterator[Server]":
        """The service on a real socket, by uvicorn with further ``options`` and settings."""
        port = free_port()
        log = self.path.parent / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                (*SERVE, f"--port={port}", *options),
                cwd=self.path,
                env=self.environment(**extra),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            server = Server(process, f"http://127.0.0.1:{port}/api/v1", log)
            try:
                server.wait_until_live()
                yield server
            finally:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def wait_until_live(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.request("GET", "/health/live")
                return
            except OSError:
                time.sleep(0.05)
        raise StepFailedError(f"the service did not start:\n{self.log.read_text()}")

    def request(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        form: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Reply:
        body, content_type = json.dumps(data).encode(), "application/json"
        if form is not None:
            body, content_type = (
                urllib.parse.urlencode(form).encode(),
                "application/x-www-form-urlencoded",
            )
        request = urllib.request.Request(self.url + path, method=method)
        if data is not None or form is not None:
            request.data = body
            request.add_header("Content-Type", content_type)
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return Reply(response.status, json.loads(response.read() or b"null"))
        except urllib.error.HTTPError as error:
            return Reply(error.code, json.loads(error.read() or b"null"))

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        self.process.terminate()
        return self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def render(path: Path, **answers: object) -> None:
    """Render the working tree, with the default for whatever is not answered."""
    copier.run_copy(str(ROOT), path, data=answers, defaults=True, quiet=True, vcs_ref="HEAD")
