"""PostgreSQL, through asyncpg."""

from typing import Any

import asyncpg  # type: ignore[import-untyped] # it has no types
from sqlalchemy import Dialect as SQLAlchemyDialect
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.dialect import Dialect, TimeLimits

# Classes of SQLSTATE: connection exception, rolled back for somebody else's sake,
# insufficient resources, not in the state for it (a lock), operator intervention, system
# error. https://www.postgresql.org/docs/current/errcodes-appendix.html
_READ_ONLY = "25006"
_PASSING_STATES = ("08", "40", "53", "55", "57", "58", _READ_ONLY)

_CLOSING_SECONDS = 0.3
_LOCK_SECONDS = 2


class _Connection(asyncpg.Connection):  # type: ignore[misc] # as above
    """A connection that is closed in time, whether the server answers or not."""

    async def close(self, **_: object) -> None:
        """Say goodbye to the server, and leave when it does not answer."""
        await super().close(timeout=_CLOSING_SECONDS)


def _connect_args(limits: TimeLimits) -> dict[str, object]:
    """What the server stops by itself, should nobody here be left to do it."""
    milliseconds = {
        "lock_timeout": _LOCK_SECONDS * 1000,
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


def _prepare(engine: AsyncEngine) -> None:
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "handle_error", _drop_read_only)


DIALECT = Dialect(
    name="postgresql",
    driver="asyncpg",
    # Heroku and others hand out URLs with the scheme that SQLAlchemy dropped.
    aliases=frozenset({"postgres"}),
    connect_args=_connect_args,
    query_names={"sslmode": "ssl"},
    is_passing=_is_passing,
    prepare=_prepare,
)
