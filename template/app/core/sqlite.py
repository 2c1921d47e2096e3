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

from app.core.dialect import Dialect, TimeLimits, before_statements

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)

# Busy, locked, read-only, interrupted, I/O error, full, cannot open, locking protocol:
# https://sqlite.org/rescode.html
_PASSING_CODES = {5, 6, 8, 9, 10, 13, 14, 15}
_LOCKED_CODES = {5, 6}

_CLOSING_CHECKS = 30  # each after 5 ms

_NO_WRITES = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN")


class _Connection(aiosqlite.Connection):
    """A connection that can be closed in the middle of a statement.

    The one of the library waits for the statement to end, and so does who gave up on it.
    Nor does it ask its thread to end a transaction that never began.
    """

    async def commit(self) -> None:
        """Commit what was written."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Undo what was written."""
        if self.in_transaction:
            await super().rollback()

    def stop(self) -> "asyncio.Future[Any] | None":
        """Have the thread roll back, close and end.

        Closed alone, a connection with a cursor left keeps its transaction and its locks
        (https://sqlite.org/c3ref/close.html).
        """
        self._tx.put_nowait((None, self._roll_back))
        return super().stop()

    def _roll_back(self) -> None:
        if self._connection is not None:
            self._connection.rollback()

    async def close(self) -> None:
        """Close; interrupt what runs, and leave to the thread what does not end then.

        Not at once: an interrupted close leaves the write-ahead log behind.
        """
        if self._connection is None:
            return
        # From a thread without an event loop: else the connection's own tells this one
        # that it ended, which has ended itself by then when the process stops meanwhile.
        await asyncio.to_thread(self.stop)
        if not await self._ends():
            with suppress(ValueError):  # It has just ended by itself.
                await self.interrupt()
            await self._ends()

    async def _ends(self) -> bool:
        """Whether the thread ends in time; asked, for joining would take another thread."""
        for _ in range(_CLOSING_CHECKS):
            if not self._thread.is_alive():
                return True
            await asyncio.sleep(0.005)
        return False


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


def _is_query(context: ExecutionContext) -> bool:
    """Whether SQLAlchemy knows that it is one; of a text it knows what comes back alone."""
    compiled = getattr(context, "compiled", None)
    made_of: Any = compiled and compiled.statement
    return made_of is not None and made_of.is_select and not made_of.is_text


def _begin_before_write(context: ExecutionContext, cursor: Any, statement: str) -> None:
    """Open the transaction at its first write, and as a writer from the start.

    A transaction that reads first and writes later fails at once when another one wrote
    in between, whatever the busy timeout. Begun as a writer it waits its turn. Until
    then each read sees the last commit, as at the isolation level READ COMMITTED.
    """
    connection = context.root_connection
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    if _is_query(context) or statement.lstrip()[:7].upper().startswith(_NO_WRITES):
        return
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN IMMEDIATE")


def _connect_args(limits: TimeLimits) -> dict[str, object]:
    return {
        "timeout": limits.lock,
        # The driver's own implicit BEGIN is off: `_begin_before_write` does it.
        "isolation_level": None,
        "async_creator_fn": _connect,
    }


def _code(error: DBAPIError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF


def _is_passing(error: DBAPIError) -> bool:
    return _code(error) in _PASSING_CODES


def _is_locked(error: DBAPIError) -> bool:
    return _code(error) in _LOCKED_CODES


def _prepare(engine: AsyncEngine) -> None:
    # At DEBUG it would log every statement with its parameters.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    before_statements(engine, _begin_before_write)


@contextmanager
def _migrating(connection: Connection) -> Iterator[None]:
    """Be the writer from the start, so that two do not read the same version.

    Foreign keys are off, so that a table can be copied and dropped without losing the
    rows that refer to it. SQLite can alter next to nothing, so Alembic makes a new table and drops the old one:
    with foreign keys on, that would delete by `ON DELETE CASCADE`. The switch does nothing
    inside a transaction, so it comes before (https://sqlite.org/lang_altertable.html, 7).
    """
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    yield
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        message = f"The migration leaves rows that refer to nothing: {orphans[:5]}"
        raise RuntimeError(message)


DIALECT = Dialect(
    name="sqlite",
    driver="aiosqlite",
    alters_by_copy=True,
    connect_args=_connect_args,
    is_passing=_is_passing,
    is_locked=_is_locked,
    migrating=_migrating,
    prepare=_prepare,
)
