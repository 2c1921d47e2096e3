"""A PostgreSQL server of one's own, and the ways in which it fails."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.faults.proxy import Proxy, run_proxy
from tests.harness import alembic_config
from tests.servers.postgresql import start_server

# What the server does itself when its disk is full.
_REFUSE_ROWS = """
CREATE FUNCTION refuse_rows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


@dataclass
class FaultyPostgreSQL:
    """A migrated database that the service reaches through a proxy, as the role `app`."""

    server: Any
    proxy: Proxy
    url: str
    direct_url: str
    admin: AsyncEngine
    slow_statement: str = "SELECT pg_sleep(60)"

    async def running_statements(self) -> int:
        async with self.admin.connect() as connection:
            statement = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE usename = 'app' AND state <> 'idle'"
            )
            return int(await connection.scalar(text(statement)) or 0)

    async def execute(self, *statements: str) -> None:
        """Do something as the superuser, past the proxy."""
        async with self.admin.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def disconnect(self) -> None:
        """End the service's connections, as an administrator does."""
        await self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'app'"
        )

    async def stop(self) -> None:
        """Stop the server as `pg_ctl stop` does."""
        await self.admin.dispose()
        await asyncio.to_thread(self.server.stop)

    async def start(self) -> None:
        """Start the server."""
        await asyncio.to_thread(self.server.ensure_postgres_running)

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        await self.stop()
        try:
            yield
        finally:
            await self.start()

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        async with self.admin.execution_options(
            isolation_level="READ COMMITTED"
        ).begin() as connection:
            await connection.execute(text("LOCK TABLE users, sessions"))
            yield

    @asynccontextmanager
    async def read_only(self) -> AsyncIterator[None]:
        await self.execute("ALTER ROLE app SET default_transaction_read_only = on")
        await self.disconnect()
        try:
            yield
        finally:
            await self.execute("ALTER ROLE app RESET default_transaction_read_only")

    @asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        await self.execute(
            _REFUSE_ROWS,
            "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON users"
            " EXECUTE FUNCTION refuse_rows()",
        )
        try:
            yield
        finally:
            await self.execute("DROP FUNCTION refuse_rows CASCADE")

    @asynccontextmanager
    async def out_of_connections(self) -> AsyncIterator[None]:
        await self.execute("ALTER ROLE app CONNECTION LIMIT 0")
        await self.disconnect()
        try:
            yield
        finally:
            await self.execute("ALTER ROLE app CONNECTION LIMIT -1")

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Swallow every byte on the way to it and back."""
        self.proxy.passing.clear()
        try:
            yield
        finally:
            self.proxy.passing.set()

    @asynccontextmanager
    async def slow(self) -> AsyncIterator[None]:
        """Have every byte take ten seconds."""
        self.proxy.delay = 10
        try:
            yield
        finally:
            self.proxy.delay = 0


def _make_admin(uri: str) -> tuple[URL, AsyncEngine]:
    url = make_url(uri).set(drivername="postgresql+asyncpg", database="app")
    return url, create_async_engine(url, isolation_level="AUTOCOMMIT")


async def _create(uri: str) -> None:
    engine = create_async_engine(
        make_url(uri).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text("CREATE ROLE app LOGIN"))
        await connection.execute(text("CREATE DATABASE app OWNER app"))
    await engine.dispose()


@pytest.fixture(scope="session")
async def faulty_database() -> AsyncIterator[FaultyPostgreSQL]:
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    server = await asyncio.to_thread(start_server, folder, "delete")
    uri = server.get_uri()
    await _create(uri)
    url, admin = _make_admin(uri)
    socket = Path(str(url.query["host"])) / ".s.PGSQL.5432"
    async with run_proxy(socket) as (proxy, port):
        direct = url.set(username="app").render_as_string()
        await asyncio.to_thread(command.upgrade, alembic_config(direct), "head")
        yield FaultyPostgreSQL(
            server=server,
            proxy=proxy,
            url=f"postgresql://app@127.0.0.1:{port}/app?ssl=disable",
            direct_url=direct,
            admin=admin,
        )
        await admin.dispose()
    await asyncio.to_thread(server.cleanup)
