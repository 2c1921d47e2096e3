"""PostgreSQL, through asyncpg."""

from typing import Any

from sqlalchemy import Dialect as SQLAlchemyDialect
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.dialect import Dialect

# Classes of SQLSTATE: connection exception, insufficient resources, operator
# intervention, rolled back for somebody else's sake.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING_STATES = ("08", "53", "57", "40")


def _is_passing(error: DBAPIError) -> bool:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return isinstance(error, InterfaceError) or state.startswith(_PASSING_STATES)


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


DIALECT = Dialect(
    name="postgresql",
    driver="asyncpg",
    # Heroku and others hand out URLs with the scheme that SQLAlchemy dropped.
    aliases=frozenset({"postgres"}),
    connect_args={"timeout": 3},
    query_names={"sslmode": "ssl"},
    is_passing=_is_passing,
    prepare=_prepare,
)
