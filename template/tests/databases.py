"""The databases that tests run on; each worker has its own, and whoever asks for one."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from alembic import command

from tests.harness import alembic_config, temporary_database
from tests.servers.base import DatabaseServer


@pytest.fixture(scope="session")
async def template_url(database_server: DatabaseServer) -> AsyncIterator[str]:
    """A migrated database that nobody writes to: others are copied from it."""
    async with temporary_database(database_server) as url:
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
        yield url


@pytest.fixture(scope="session")
async def database_url(
    database_server: DatabaseServer, template_url: str
) -> AsyncIterator[str]:
    """The database that the tests of one worker share."""
    async with temporary_database(database_server, template_url) as url:
        yield url


@pytest.fixture(scope="session")
def own_name() -> str:
    return uuid4().hex


@pytest.fixture
async def own_database(
    database_server: DatabaseServer, template_url: str, own_name: str
) -> AsyncIterator[str]:
    """A database for one test, where commits are real; for each at the same address."""
    async with temporary_database(database_server, template_url, own_name) as url:
        yield url


@pytest.fixture
async def empty_database(database_server: DatabaseServer) -> AsyncIterator[str]:
    """A database without a schema."""
    async with temporary_database(database_server) as url:
        yield url
