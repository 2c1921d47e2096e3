"""What the tests stand on: a real database, migrated, and a client like production's.

Each test works in a transaction that is rolled back. Tests of commits and of races use
`own_database`, which is theirs alone.
"""

import asyncio
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker
from starlette.types import ASGIApp, Receive, Scope, Send

from app.application import create_app
from app.core.config import Settings
from app.core.database import Session, SessionFactory, create_engine
from app.core.logging import configure_logging
from app.core.resources import Resources
from app.domain.permission import Role
from app.models.user import User
from app.registry import DIALECT
from app.repositories.user import UserRepository
from app.services.audit import log_event
from app.services.user import UserService
from tests.servers.base import DatabaseServer

PASSWORD = "correct horse battery"

# The settings of the shell that runs the tests are not theirs.
for name in [name for name in os.environ if name.startswith("APP_")]:
    del os.environ[name]


def make_settings(database_url: str, **changes: object) -> Settings:
    """Settings for tests: cheap password hashes, nothing read from `.env`."""
    values: dict[str, object] = {
        "environment": "development",
        "secret_key": "a-secret-for-tests-0123456789-abcdef",
        "database_url": database_url,
        "allowed_hosts": ["test"],
        "argon2_memory_kib": 8,
        "argon2_time_cost": 1,
    }
    return Settings(_env_file=None, **(values | changes))  # type: ignore[arg-type]


def alembic_config(database_url: str) -> Config:
    """The project's Alembic configuration, on another database."""
    config = Config(toml_file="pyproject.toml")
    config.attributes["settings"] = make_settings(database_url)
    return config


@pytest.fixture(scope="session")
async def template_url(database_server: DatabaseServer) -> AsyncIterator[str]:
    """A migrated database that nobody writes to: others are copied from it."""
    url = await database_server.create()
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
    yield url
    await database_server.drop(url)


@pytest.fixture(scope="session")
async def database_url(
    database_server: DatabaseServer, template_url: str
) -> AsyncIterator[str]:
    """The database that the tests of one worker share."""
    url = await database_server.create(template_url)
    yield url
    await database_server.drop(url)


@pytest.fixture
async def own_database(
    database_server: DatabaseServer, template_url: str
) -> AsyncIterator[str]:
    """A database for one test, where commits are real."""
    url = await database_server.create(template_url)
    yield url
    await database_server.drop(url)


@pytest.fixture
async def empty_database(database_server: DatabaseServer) -> AsyncIterator[str]:
    """A database without a schema."""
    url = await database_server.create()
    yield url
    await database_server.drop(url)


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return make_settings(database_url)


@asynccontextmanager
async def run_app(app: FastAPI) -> AsyncIterator[Resources]:
    """Start `app` as a server would, and stop it afterwards."""
    async with app.router.lifespan_context(app) as state:
        assert state is not None
        yield state["resources"]


@pytest.fixture(scope="session")
async def running(settings: Settings) -> AsyncIterator[tuple[FastAPI, Resources]]:
    """The application, started once for each worker."""
    app = create_app(settings)
    async with run_app(app) as resources:
        yield app, resources


def with_resources(app: FastAPI, resources: Resources) -> ASGIApp:
    """The application as it answers when it was started with `resources`."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"resources": resources}}, receive, send)

    return asgi


def make_client(app: ASGIApp) -> AsyncClient:
    """A client of `app`; what the application raises reaches it as an answer."""
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture(scope="session")
async def connection(settings: Settings) -> AsyncIterator[AsyncConnection]:
    engine = create_engine(settings, DIALECT)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture
async def session_factory(connection: AsyncConnection) -> AsyncIterator[SessionFactory]:
    """Sessions whose commits end in a savepoint, undone after the test."""
    transaction = await connection.begin()
    yield async_sessionmaker(
        connection,
        class_=Session,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        handlers=[log_event],
    )
    await transaction.rollback()


@pytest.fixture
async def session(session_factory: SessionFactory) -> AsyncIterator[Session]:
    async with session_factory() as session:
        yield session


@pytest.fixture
async def client(
    running: tuple[FastAPI, Resources], session_factory: SessionFactory
) -> AsyncIterator[AsyncClient]:
    """A client of the whole application."""
    app, resources = running
    resources = replace(resources, session_factory=session_factory)
    async with make_client(with_resources(app, resources)) as client:
        yield client


LiveClient = Callable[..., AbstractAsyncContextManager[AsyncClient]]


@pytest.fixture
def live_client(own_database: str) -> LiveClient:
    """Makes clients of an application of one's own, on a database of one's own."""

    @asynccontextmanager
    async def make(**changes: object) -> AsyncIterator[AsyncClient]:
        app = create_app(make_settings(own_database, **changes))
        async with (
            run_app(app) as resources,
            make_client(with_resources(app, resources)) as client,
        ):
            yield client

    return make


MakeUser = Callable[..., Awaitable[User]]


@pytest.fixture
def make_user(
    session_factory: SessionFactory, running: tuple[FastAPI, Resources]
) -> MakeUser:
    """Makes users with the password `PASSWORD`."""
    _, resources = running

    async def make(
        email: str = "ada@example.com", *roles: Role, password: str | None = PASSWORD
    ) -> User:
        async with session_factory() as session:
            users = UserService(session, UserRepository(session), resources.passwords)
            user = await users.create(
                email=email,
                password=password,
                full_name=None,
                roles=roles or [Role.USER],
            )
            await session.commit()
            return user

    return make


Logs = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    """Reads what production would log; to be asked for after the clients."""
    stream = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        configure_logging(settings.model_copy(update={"environment": "production"}))
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    configure_logging(settings)
