"""What tests make an application of, beside the fixtures in `conftest.py`."""

import io
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import update
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.types import ASGIApp, Receive, Scope, Send

from app.application import create_app
from app.core.config import Settings
from app.core.extension import Extension, Part
from app.core.logging import configure_logging
from app.core.resources import Resources
from app.domain.permission import Role
from app.models.user import User
from app.registry import EXTENSIONS, SETTINGS
from tests.canaries import Canaries
from tests.servers.base import DatabaseServer

PASSWORD = "correct horse battery"
SECRET_KEY = "a-secret-for-tests-0123456789-abcdef"

CANARIES = Canaries([PASSWORD, SECRET_KEY])

LiveClient = Callable[..., AbstractAsyncContextManager[AsyncClient]]
MakeUser = Callable[..., Awaitable[User]]
Visit = Callable[[str | None], AsyncClient]
Logs = Callable[[], list[dict[str, Any]]]
Extensions = Sequence[Extension]


def make_settings(database_url: str, **changes: object) -> Settings:
    """Settings for tests: cheap hashes, no limits, nothing read from `.env`."""
    values: dict[str, object] = {
        "environment": "development",
        "secret_key": SECRET_KEY,
        "database_url": database_url,
        "allowed_hosts": ["test"],
        "argon2_memory_kib": 8,
        "argon2_time_cost": 1,
        "database_timeout": 30,
        "rate_limit_enabled": False,
    }
    return SETTINGS(_env_file=None, **(values | changes))  # type: ignore[arg-type]


def make_environment(database_url: str) -> dict[str, str]:
    """The environment of a process that runs the service in development."""
    return os.environ | {
        "APP_ENVIRONMENT": "development",
        "APP_SECRET_KEY": SECRET_KEY,
        "APP_DATABASE_URL": database_url,
    }


def alembic_config(database_url: str) -> Config:
    """The project's Alembic configuration, on another database."""
    config = Config(toml_file="pyproject.toml")
    config.attributes["settings"] = make_settings(database_url)
    return config


def head_revision() -> str:
    """The newest migration of the project."""
    scripts = ScriptDirectory.from_config(Config(toml_file="pyproject.toml"))
    head = scripts.get_current_head()
    assert head is not None
    return head


def with_later_migration(database_url: str, folder: Path, migration: str) -> Config:
    """The same, with a `migration` after "HEAD", the newest; `folder` is its place."""
    later = migration.replace("HEAD", head_revision())
    (folder / "later.py").write_text(later)
    config = alembic_config(database_url)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"migrations/versions\n{folder}")
    return config


@asynccontextmanager
async def temporary_database(
    server: DatabaseServer, template: str | None = None, name: str | None = None
) -> AsyncIterator[str]:
    """A database, empty or a copy of `template`, for as long as the block; its URL."""
    url = await server.create(template, name)
    yield url
    await server.drop(url)


async def promote(url: str) -> None:
    """Make everybody in a database an administrator."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(update(User).values(roles=[Role.ADMIN]))
    await engine.dispose()


@asynccontextmanager
async def run_app(app: FastAPI) -> AsyncIterator[Resources]:
    """Start `app` as a server would, and stop it afterwards."""
    async with app.router.lifespan_context(app) as state:
        assert state is not None
        yield state["resources"]


class Applications:
    """Starts applications: new ones, and those that have stopped, again.

    What a start makes is new each time. Routes, middleware and the engine, without its
    connections, stay: to build them takes longer than all the rest.
    """

    def __init__(self) -> None:
        self._stopped: list[tuple[Settings, Extensions, FastAPI]] = []

    @asynccontextmanager
    async def run(
        self, settings: Settings, extensions: Extensions = EXTENSIONS
    ) -> AsyncIterator[tuple[FastAPI, Resources]]:
        """Run one that is made of these, and that nobody else runs."""
        app = self._take(settings, extensions) or create_app(settings, extensions)
        configure_logging(settings)
        async with run_app(app) as resources:
            yield app, resources
        self._stopped.append((settings, extensions, app))

    def _take(self, settings: Settings, extensions: Extensions) -> FastAPI | None:
        for index, (*known, app) in enumerate(self._stopped):
            if known == [settings, extensions]:
                del self._stopped[index]
                return app
        return None


def with_held(resources: Resources, held: object) -> Resources:
    """The resources, in which `held` is what one of the parts holds."""
    parts = [
        Part(holds=held) if isinstance(held, type(part.holds)) else part
        for part in resources.parts
    ]
    return replace(resources, parts=parts)


def with_resources(app: FastAPI, resources: Resources) -> ASGIApp:
    """The application as it answers when it was started with `resources`."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"resources": resources}}, receive, send)

    return asgi


def make_client(app: ASGIApp, address: str | None = "127.0.0.1") -> AsyncClient:
    """A client of `app` at `address`; what `app` raises reaches it as an answer."""
    peer: Any = address and (address, 50_000)
    transport = ASGITransport(app, raise_app_exceptions=False, client=peer)
    return AsyncClient(
        transport=transport,
        base_url="http://test",
        event_hooks={
            "request": [CANARIES.see_request],
            "response": [CANARIES.see_response],
        },
    )


@contextmanager
def log_output(settings: Settings, **changes: object) -> Iterator[io.StringIO]:
    """What is logged with `changes` to `settings`, to be asked for after the clients."""
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        configure_logging(settings.model_copy(update=changes))
    yield stream
    configure_logging(settings)
