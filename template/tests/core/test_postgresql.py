"""How connections to PostgreSQL are made."""

import socket
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.application import create_app
from app.core.config import Settings
from app.core.database import create_engine, is_unavailable
from app.registry import DIALECT
from tests.harness import make_settings, run_app


@pytest.mark.parametrize(
    ("given", "driver", "host"),
    [
        ("postgresql://ada@localhost/app", "postgresql+asyncpg", "localhost"),
        ("postgres://ada@localhost/app", "postgresql+asyncpg", "localhost"),
        ("postgresql+asyncpg://ada@db:1/app", "postgresql+asyncpg", "db"),
        ("postgresql://ada@/app?host=/run/postgresql", "postgresql+asyncpg", None),
    ],
)
def test_every_way_to_write_a_url_is_understood(
    given: str, driver: str, host: str | None
) -> None:
    url = DIALECT.parse_url(given)
    assert (url.drivername, url.host, url.database) == (driver, host, "app")


def test_sslmode_is_what_our_driver_calls_ssl() -> None:
    url = DIALECT.parse_url("postgresql://ada@localhost/app?sslmode=require")
    assert dict(url.query) == {"ssl": "require"}


def test_urls_of_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="runs on postgresql, not mysql"):
        DIALECT.parse_url("mysql://localhost/app")


@pytest.mark.parametrize(
    ("statement", "unavailable"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", True),  # deadlock
        ("DO $$ BEGIN RAISE SQLSTATE '53300'; END $$", True),  # too many connections
        ("DO $$ BEGIN RAISE SQLSTATE '57014'; END $$", True),  # statement timeout
        ("DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", True),  # lock timeout
        ("SELECT 1 / 0", False),
        ("SELECT nothing", False),
    ],
)
async def test_what_passes_is_told_from_what_is_wrong(
    engine: AsyncEngine, statement: str, unavailable: bool
) -> None:
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as raised:
            await connection.execute(text(statement))
    assert is_unavailable(raised.value, DIALECT) is unavailable


async def test_the_server_gives_up_what_nobody_here_is_left_to_stop(
    own_database: str,
) -> None:
    engine = create_engine(make_settings(own_database, request_timeout=20), DIALECT)
    expected = {
        "lock_timeout": "2s",
        "statement_timeout": "20s",
        "idle_in_transaction_session_timeout": "30s",
    }
    async with engine.connect() as connection:
        for name, value in expected.items():
            assert await connection.scalar(text(f"SHOW {name}")) == value
    await engine.dispose()


@pytest.mark.parametrize(("processes", "warned"), [("1", False), ("4", True)])
async def test_more_connections_than_the_server_takes_are_warned_of(
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    processes: str,
    warned: bool,
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", processes)
    async with run_app(create_app(make_settings(own_database, log_level="WARNING"))):
        pass
    assert ("pool_exceeds_server" in capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada@127.0.0.1:1/app",
        "postgresql://ada@/app?host=/nowhere",
        "postgresql://ada@nowhere.invalid/app",
        "postgresql://ada@127.0.0.1:{silent_port}/app",
    ],
)
async def test_a_server_that_is_not_there_is_unavailable(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        impatient = replace(DIALECT, connect_args=lambda _: {"timeout": 0.2})
        engine = create_engine(make_settings(url.format(silent_port=port)), impatient)
        with pytest.raises(DBAPIError) as raised:
            await engine.connect()
    assert is_unavailable(raised.value, DIALECT)
    await engine.dispose()


async def in_transaction(connection: AsyncConnection) -> bool:
    """Whether the server has been told to begin."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    return bool(driver.is_in_transaction())


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("SELECT id FROM users", False),
        ("SELECT id\nFROM users\nWHERE is_active", False),
        ("SELECT id FROM users FOR UPDATE", True),
        ("SELECT id FROM users\nfor share", True),
        ("SELECT id, pg_try_advisory_xact_lock_shared(1) FROM users", True),
        ("SELECT id INTO TEMPORARY copied FROM users", True),
        ("SELECT 1", True),
        ("WITH gone AS (DELETE FROM users RETURNING id) SELECT id FROM gone", True),
        ("UPDATE users SET full_name = NULL", True),
    ],
)
async def test_a_transaction_begins_with_what_does_more_than_read(
    engine: AsyncEngine, statement: str, begins: bool
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text(statement))
        assert await in_transaction(connection) is begins
        await connection.execute(text("SELECT id FROM users"))
        assert await in_transaction(connection) is begins


async def test_reads_at_another_isolation_level_are_in_a_transaction(
    engine: AsyncEngine,
) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="SERIALIZABLE")
        await connection.execute(text("SELECT id FROM users"))
        assert await in_transaction(connection)


async def test_rows_can_be_streamed(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        rows = await connection.stream(text("SELECT id FROM users"))
        assert [row async for row in rows] == []


async def test_behind_a_pooler_every_statement_is_in_a_transaction(
    settings: Settings,
) -> None:
    url = settings.database_url.get_secret_value()
    pooled = make_settings(f"{url}&prepared_statement_cache_size=0")
    engine = create_engine(pooled, DIALECT)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT id FROM users"))
        assert await in_transaction(connection)
    await engine.dispose()
