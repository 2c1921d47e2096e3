"""How connections to SQLite behave."""

import asyncio

import pytest
from sqlalchemy import Integer, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.config import Settings
from app.core.database import is_unavailable
from app.registry import DIALECT
from tests.harness import make_settings


@pytest.fixture
def settings(own_database: str) -> Settings:
    """The engine is on a database of its own."""
    return make_settings(own_database)


async def test_pragmas_of_every_new_connection(engine: AsyncEngine) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 2000,
    }
    async with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            for name, value in expected.items():
                assert await connection.scalar(text(f"PRAGMA {name}")) == value


async def test_twenty_writers_that_read_first_all_succeed(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        await connection.execute(text("INSERT INTO counter VALUES (0)"))

    async def count() -> None:
        async with engine.begin() as connection:
            await connection.scalar(text("SELECT value FROM counter"))
            await asyncio.sleep(0.01)
            await connection.execute(text("UPDATE counter SET value = value + 1"))

    await asyncio.gather(*(count() for _ in range(20)))
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT value FROM counter")) == 20


async def test_autocommit_needs_no_commit(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        auto = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await auto.execute(text("CREATE TABLE kept (value INTEGER)"))
        await auto.execute(text("VACUUM"))
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM kept")) == 0


async def test_query_that_begins_with_another_takes_no_lock(
    engine: AsyncEngine,
) -> None:
    inner = select(literal(1).label("one")).cte()
    async with engine.connect() as reader, engine.begin() as writer:
        assert await reader.scalar(select(inner.c.one)) == 1
        await writer.execute(text("CREATE TABLE other (value INTEGER)"))


async def test_a_connection_that_is_closed_holds_no_lock_whatever_is_left_of_it(
    engine: AsyncEngine,
) -> None:
    async with engine.connect() as connection, engine.connect() as other:
        await connection.execute(text("CREATE TABLE half (value INTEGER)"))
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        left = await driver.execute("VALUES (1), (2)")
        await left.fetchone()
        await driver.close()
        await other.execute(text("PRAGMA busy_timeout = 100"))
        await other.execute(text("CREATE TABLE whole (value INTEGER)"))
        await connection.invalidate()


async def test_what_passes_is_told_from_what_is_wrong(engine: AsyncEngine) -> None:
    async with engine.connect() as writer, engine.connect() as other:
        await writer.execute(text("CREATE TABLE held (value INTEGER)"))
        await other.execute(text("PRAGMA busy_timeout = 10"))
        for statement, unavailable in (
            ("CREATE TABLE other (value INTEGER)", True),  # locked
            ("SELECT nothing", False),
        ):
            with pytest.raises(DBAPIError) as raised:
                await other.execute(text(statement))
            assert is_unavailable(raised.value, DIALECT) is unavailable
        await writer.rollback()
        await writer.execute(text("PRAGMA max_page_count = 1"))
        # More than a migration that dropped tables has left free.
        large = text("CREATE TABLE large AS SELECT zeroblob(1000000)")
        with pytest.raises(DBAPIError) as raised:
            await writer.execute(large)
        assert is_unavailable(raised.value, DIALECT)  # full


async def test_what_is_rolled_back_leaves_nothing(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE gone (value INTEGER)"))
        await connection.rollback()
        tables = text("SELECT count(*) FROM sqlite_master WHERE name = 'gone'")
        assert await connection.scalar(tables) == 0


async def test_what_writes_and_reads_is_rolled_back(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE kept (value INTEGER)"))
        await connection.commit()
        write = text("INSERT INTO kept VALUES (1) RETURNING value")
        assert await connection.scalar(write.columns(value=Integer())) == 1
        await connection.rollback()
        assert await connection.scalar(text("SELECT count(*) FROM kept")) == 0


def test_url_without_a_driver_gets_ours_and_other_databases_are_refused() -> None:
    assert DIALECT.parse_url("sqlite:///app.db").drivername == "sqlite+aiosqlite"
    with pytest.raises(ValueError, match="runs on sqlite, not mysql"):
        DIALECT.parse_url("mysql://localhost/app")
