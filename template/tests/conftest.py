"""What the tests stand on: a real database, migrated, and a client like production's.

Each test works in a transaction that is rolled back. Tests of commits and of races use
`own_database`, which is theirs alone.
"""

import gc
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker

from app.application import create_app
from app.core.config import Settings
from app.core.database import EventHandler, Session, SessionFactory, create_engine
from app.core.extension import merge
from app.core.resources import Resources
from app.domain.permission import Role
from app.models.user import User
from app.registry import DIALECT
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.audit import log_event
from app.services.links import Links
from app.services.mail import Postman
from app.services.user import UserService
from tests.harness import (
    CANARIES,
    PASSWORD,
    Applications,
    LiveClient,
    Logs,
    MakeUser,
    log_output,
    make_client,
    make_settings,
    run_app,
    with_resources,
)
from tests.mailbox import Mailbox

Running = tuple[FastAPI, Resources]

# At each request httpx2 tries to import it, to learn whether trio runs: here it does not.
sys.modules["sniffio"] = None  # type: ignore[assignment] # Python then knows that it is not there

# The settings of the shell that runs the tests are not theirs.
for name in [name for name in os.environ if name.startswith("APP_")]:
    del os.environ[name]


def pytest_collection_finish() -> None:
    """Search for garbage seldom, and not in the modules: that took a fifth of a run."""
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session", autouse=True)
def watched_logs() -> Iterator[None]:
    """Every line of the run is seen; the last ones are checked here."""
    with CANARIES.watching_logs():
        yield
    CANARIES.check()


@pytest.fixture(autouse=True)
def no_secret_shows(watched_logs: None) -> Iterator[None]:
    """Each test fails that lets a secret into the log or into a refusal."""
    yield
    CANARIES.check()


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return make_settings(database_url)


@pytest.fixture(scope="session")
async def running(settings: Settings) -> AsyncIterator[Running]:
    """The application, started once for each worker."""
    app = create_app(settings)
    async with run_app(app) as resources:
        yield app, resources


@pytest.fixture(scope="session")
async def connection(settings: Settings) -> AsyncIterator[AsyncConnection]:
    engine = create_engine(settings, DIALECT)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture
def mailbox() -> Mailbox:
    """Where the mails of a test arrive."""
    return Mailbox()


@pytest.fixture
async def session_factory(
    connection: AsyncConnection, running: Running, mailbox: Mailbox
) -> AsyncIterator[SessionFactory]:
    """Sessions whose commits end in a savepoint, undone after the test."""
    transaction = await connection.begin()
    _, resources = running
    handlers: list[EventHandler] = [log_event]
    factory = async_sessionmaker(
        connection,
        class_=Session,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        handlers=handlers,
        commit_handlers=merge(resources.parts).commit_handlers,
    )
    links = Links(resources.link_tokens, resources.settings.site_url)
    handlers.append(
        Postman(factory, mailbox.outbox, links, resources.rate_limiter).handle
    )
    yield factory
    await transaction.rollback()


@pytest.fixture
async def session(session_factory: SessionFactory) -> AsyncIterator[Session]:
    async with session_factory() as session:
        yield session


@pytest.fixture
async def client(
    running: Running, session_factory: SessionFactory
) -> AsyncIterator[AsyncClient]:
    """A client of the whole application."""
    app, resources = running
    resources = replace(resources, session_factory=session_factory)
    async with make_client(with_resources(app, resources)) as client:
        yield client


@pytest.fixture(scope="session")
def applications() -> Applications:
    return Applications()


@pytest.fixture
def live_client(own_database: str, applications: Applications) -> LiveClient:
    """Makes clients of an application of one's own, on a database of one's own."""

    @asynccontextmanager
    async def make(**changes: object) -> AsyncIterator[AsyncClient]:
        settings = make_settings(own_database, **changes)
        async with (
            applications.run(settings) as (app, resources),
            make_client(with_resources(app, resources)) as client,
        ):
            yield client

    return make


@pytest.fixture
def make_user(session_factory: SessionFactory, running: Running) -> MakeUser:
    """Makes users with the password `PASSWORD`."""
    _, resources = running

    async def make(
        email: str = "ada@example.com", *roles: Role, password: str | None = PASSWORD
    ) -> User:
        async with session_factory() as session:
            users = UserService(
                session,
                users=UserRepository(session),
                sessions=SessionRepository(session),
                passwords=resources.passwords,
            )
            user = await users.create(
                email=email,
                password=password,
                full_name=None,
                roles=roles or [Role.USER],
                actor=None,
            )
            await session.commit()
            return user

    return make


@pytest.fixture
def logs(settings: Settings) -> Iterator[Logs]:
    """Reads what production would log; to be asked for after the clients."""
    with log_output(settings, environment="production") as stream:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
