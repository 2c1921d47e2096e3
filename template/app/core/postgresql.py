"""PostgreSQL, through asyncpg."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import asyncpg  # type: ignore[import-untyped] # it has no types
from sqlalchemy import Connection, event
from sqlalchemy import Dialect as SQLAlchemyDialect
from sqlalchemy.engine import ExceptionContext, ExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.dialect import Dialect, TimeLimits, before_statements

# Classes of SQLSTATE: connection exception, rolled back for somebody else's sake,
# insufficient resources, not in the state for it (a lock), operator intervention, system
# error. https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING_STATES = ("08", "40", "53", "55", "57", "58")
_READ_ONLY = "25006"
_LOCKED_STATES = {"55P03", "40P01"}  # lock not available, deadlock

_CLOSING_SECONDS = 0.3

# Any number does; it belongs to the database and is free when the connection is closed.
_LOCK_MIGRATIONS = """
DO $$ BEGIN
    IF NOT pg_try_advisory_lock(1094795585) THEN
        RAISE lock_not_available USING MESSAGE = 'another migration is running';
    END IF;
END $$
"""


class _Connection(asyncpg.Connection):  # type: ignore[misc] # as above
    """A connection that is closed in time, whether the server answers or not."""

    async def close(self, **_: object) -> None:
        """Say goodbye to the server, and leave when it does not answer."""
        with suppress(TimeoutError):
            await super().close(timeout=_CLOSING_SECONDS)


def _connect_args(limits: TimeLimits) -> dict[str, object]:
    """What the server stops by itself, should nobody here be left to do it."""
    milliseconds = {
        "lock_timeout": limits.lock * 1000,
        "statement_timeout": limits.statement * 1000,
        "idle_in_transaction_session_timeout": limits.idle_in_transaction * 1000,
    }
    return {
        "timeout": 3,
        "connection_class": _Connection,
        "server_settings": {name: f"{ms:.0f}" for name, ms in milliseconds.items()},
    }


def _state(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _is_passing(error: DBAPIError) -> bool:
    passing = _state(error.orig).startswith(_PASSING_STATES)
    return isinstance(error, InterfaceError) or passing


def _is_locked(error: DBAPIError) -> bool:
    return _state(error.orig) in _LOCKED_STATES


@contextmanager
def _migrating(connection: Connection) -> Iterator[None]:
    """Take the lock of migrations before the version is read.

    It is asked for and not waited for: `CREATE INDEX CONCURRENTLY` waits for every
    statement that runs, so also for one that waits for the lock.
    """
    connection.exec_driver_sql(_LOCK_MIGRATIONS)
    connection.commit()
    yield


def _drop_read_only(context: ExceptionContext) -> None:
    """Give up connections that may only read, which they may go on to for ever.

    It sticks to a connection that a role's setting made so, and to one that leads to a
    server that is no primary any more.
    """
    if _state(context.original_exception) == _READ_ONLY:
        context.is_disconnect = True


def _connect(
    dialect: SQLAlchemyDialect,
    _: ConnectionPoolEntry,
    arguments: tuple[Any, ...],
    options: dict[str, Any],
) -> DBAPIConnection:
    """Connect; what the network says becomes the database error it is.

    asyncpg lets through what the operating system raises: no such host or socket, refused,
    timed out.
    """
    try:
        return dialect.connect(*arguments, **options)
    except OSError as error:
        raise dialect.loaded_dbapi.InterfaceError(str(error)) from error


@lru_cache(maxsize=1024)
def _only_reads(statement: str) -> bool:
    """Whether a statement needs no transaction: it calls nothing, locks and writes nothing.

    What is in doubt, as every parenthesis is, needs one.
    """
    words = statement.upper().split()
    reads = words[:1] == ["SELECT"] and "FROM" in words
    return reads and not ("(" in statement or {"FOR", "INTO"} & set(words))


def _begin_before_write(context: ExecutionContext, _: object, statement: str) -> None:
    """Open the transaction at its first statement that does more than read.

    Until then each read sees the last commit, as it does in a transaction at the isolation
    level READ COMMITTED, and BEGIN and COMMIT are spared. At another level, one is opened.
    """
    connection, options = context.root_connection, context.execution_options
    if "isolation_level" not in connection.get_execution_options():
        driver: Any = connection.connection.dbapi_connection
        streams = options.get("stream_results", False)
        driver.autocommit = not streams and _only_reads(statement)


def _prepare(engine: AsyncEngine) -> None:
    # Where statements are not kept, a pooler may be behind it: outside of transactions it may send
    # what was prepared and its execution to different servers.
    if engine.url.query.get("prepared_statement_cache_size") != "0":
        before_statements(engine, _begin_before_write)
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "handle_error", _drop_read_only)


DIALECT = Dialect(
    name="postgresql",
    driver="asyncpg",
    # Heroku and others hand out URLs with the scheme that SQLAlchemy dropped.
    aliases=frozenset({"postgres"}),
    connect_args=_connect_args,
    max_connections="SHOW max_connections",
    query_names={"sslmode": "ssl"},
    is_passing=_is_passing,
    is_locked=_is_locked,
    migrating=_migrating,
    prepare=_prepare,
)
