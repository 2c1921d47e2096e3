"""What differs between databases, so that nothing else has to."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, kw_only=True)
class TimeLimits:
    """How long a connection may go on, in seconds, when nobody here stops it.

    0 is for as long as it takes; for a lock it is not.
    """

    statement: float = 0
    idle_in_transaction: float = 0
    lock: float = 2


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """A database the service can run on."""

    name: str
    driver: str
    aliases: frozenset[str] = frozenset()
    alters_by_copy: bool = False
    """Whether a migration has to copy a table to alter it."""
    connect_args: Callable[[TimeLimits], dict[str, object]] = lambda _: {}
    max_connections: str | None = None
    """The query for how many connections the server takes, if it has a limit."""
    query_names: Mapping[str, str] = field(default_factory=dict)
    """Parameters of a URL that our driver calls something else."""
    is_passing: Callable[[DBAPIError], bool] = lambda _: False
    """Whether an error says that the database cannot serve us just now."""
    is_locked: Callable[[DBAPIError], bool] = lambda _: False
    """Whether an error says that somebody else held a lock for too long."""
    migrating: Callable[[Connection], AbstractContextManager[None]] = lambda _: (
        nullcontext()
    )
    """What migrations run inside of, one process at a time; others are `is_locked`."""
    prepare: Callable[[AsyncEngine], None] = lambda _: None

    def parse_url(self, value: str) -> URL:
        """Read any SQLAlchemy URL of this database; without a driver it gets ours.

        Raises `ValueError`, which quotes nothing of it, when it is no such URL.
        """
        try:
            url = make_url(value)
        except (ValueError, ArgumentError):
            message = "Not a URL; percent-encode what is special in the password."
            raise ValueError(message) from None
        if url.get_backend_name() not in self.aliases | {self.name}:
            message = f"This service runs on {self.name}, not {url.get_backend_name()}."
            raise ValueError(message)
        if "+" in url.drivername:
            return url
        query = {self.query_names.get(k, k): v for k, v in url.query.items()}
        return url.set(drivername=f"{self.name}+{self.driver}", query=query)


StatementHook = Callable[[ExecutionContext, Any, str], None]
"""Gets the context, the cursor and the text of a statement."""


def before_statements(engine: AsyncEngine, hook: StatementHook) -> None:
    """Have `hook` called before each statement of `engine`.

    By the events of its dialect: those of an engine are joined anew for each connection.
    """

    def call(cursor: Any, statement: str, *rest: Any) -> None:
        hook(rest[-1], cursor, statement)

    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        event.listen(engine.sync_engine, name, call)
