"""SQLite: one file, one writer at a time, many readers (WAL)."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.dialect import Dialect

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 2000",
)

# Busy, locked, read-only, interrupted, I/O error, full, cannot open, locking protocol:
# https://sqlite.org/rescode.html
_PASSING_CODES = {5, 6, 8, 9, 10, 13, 14, 15}

_CLOSING_SECONDS = 0.15

_READS = ("SELECT", "PRAGMA", "EXPLAIN")


class _Connection(aiosqlite.Connection):
    """A connection that can be closed in the middle of a statement.

    The one of the library waits for the statement to end, and so does who gave up on it.
    """

    async def close(self) -> None:
        """Close; interrupt what runs, and leave to the thread what does not end then.

        Not at once: an interrupted close leaves the write-ahead log behind.
        """
        if self._connection is None:
            return
        # From a thread without an event loop: else the connection's own tells this one
        # that it ended, which has ended itself by then when the process stops meanwhile.
        await asyncio.to_thread(self.stop)
        await asyncio.to_thread(self._thread.join, _CLOSING_SECONDS)
        if self._thread.is_alive():
            with suppress(ValueError):  # It has just ended by itself.
                await self.interrupt()
            await asyncio.to_thread(self._thread.join, _CLOSING_SECONDS)


def _connect(path: str, **options: Any) -> _Connection:
    connection = _Connection(partial(sqlite3.connect, path, **options), 64)
    # The process does not wait for a thread that waits for a lock.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for its own
    return connection


def _set_pragmas(connection: Any, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_before_write(
    connection: Connection,
    cursor: Any,
    statement: str,
    _: object,
    context: ExecutionContext | None,
    *__: object,
) -> None:
    """Open the transaction at its first write, and as a writer from the start.

    A transaction that reads first and writes later fails at once when another one wrote
    in between, whatever the busy timeout. Begun as a writer it waits its turn. Until
    then each read sees the last commit, as at the isolation level READ COMMITTED.
    """
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    compiled = getattr(context, "compiled", None)
    if compiled is not None and getattr(compiled.statement, "is_select", False):
        return
    if statement.lstrip()[:7].upper().startswith(_READS):
        return
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN IMMEDIATE")


def _is_passing(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES


def _prepare(engine: AsyncEngine) -> None:
    # At DEBUG it would log every statement with its parameters.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "before_cursor_execute", _begin_before_write)


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let migrations copy and drop a table without losing the rows that refer to it.

    SQLite can alter next to nothing, so Alembic makes a new table and drops the old one:
    with foreign keys on, that would delete by `ON DELETE CASCADE`. The switch does nothing
    inside a transaction, so it comes before (https://sqlite.org/lang_altertable.html, 7).
    """
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    yield
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        message = f"The migration leaves rows that refer to nothing: {orphans[:5]}"
        raise RuntimeError(message)


DIALECT = Dialect(
    name="sqlite",
    driver="aiosqlite",
    alters_by_copy=True,
    # The driver's own implicit BEGIN is off: `_begin_before_write` does it.
    connect_args=lambda _: {"isolation_level": None, "async_creator_fn": _connect},
    is_passing=_is_passing,
    migrating=_without_foreign_keys,
    prepare=_prepare,
)
