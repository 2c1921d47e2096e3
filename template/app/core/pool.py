"""Connections that are asked whether they are alive, unless they just were."""

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

TRUSTED_SECONDS = 0.5
"""How long a connection counts as alive after its last use.

As in HikariCP (`aliveBypassWindowMs`). SQLAlchemy's own `pool_pre_ping` asks each time, which
takes longer than the query of most requests.
"""


def ping_after_a_pause(engine: Engine) -> None:
    """Have connections pinged that nobody has used for a while, before they are used.

    When one is dead, it and all that are as old are replaced.
    """

    @event.listens_for(engine, "checkin")
    def note(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["used_at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def check(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object
    ) -> None:
        used_at = entry.info.get("used_at")  # None: it is new
        if used_at is None or monotonic() - used_at < TRUSTED_SECONDS:
            return
        dialect: Any = engine.dialect
        if not dialect._do_ping_w_event(connection):  # noqa: SLF001 - what `pool_pre_ping` does
            raise InvalidatePoolError
