"""Queries about throttled sign-ins."""

from datetime import datetime

from sqlalchemy import String, Uuid, bindparam, delete, select, text
from uuid_utils.compat import uuid7

from app.models.base import UTCDateTime
from app.models.throttle import LoginThrottle
from app.repositories.base import Repository

# What makes this an upsert is written alike on every database that has one.
_HOLD = text(
    """
    INSERT INTO login_throttles
        (id, name_hash, failures, expires_at, created_at, updated_at)
    VALUES (:id, :name_hash, 0, :now, :now, :now)
    ON CONFLICT (name_hash) DO UPDATE SET updated_at = excluded.updated_at
    """
).bindparams(
    bindparam("id", type_=Uuid()),
    bindparam("name_hash", type_=String()),
    bindparam("now", type_=UTCDateTime()),
)


class ThrottleRepository(Repository[LoginThrottle]):
    """Reads and writes throttles."""

    model = LoginThrottle

    async def hold(self, name_hash: str, now: datetime) -> LoginThrottle:
        """Return the throttle of a name, made when there is none, locked until the commit."""
        await self.session.execute(
            _HOLD, {"id": uuid7(), "name_hash": name_hash, "now": now}
        )
        statement = select(LoginThrottle).where(LoginThrottle.name_hash == name_hash)
        fresh = statement.execution_options(populate_existing=True)
        return (await self.session.scalars(fresh)).one()

    async def purge_expired(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` throttles that are over; returns how many."""
        return await self.purge(LoginThrottle, LoginThrottle.expires_at <= now, limit)

    async def forget(self, name_hash: str) -> None:
        """Delete the throttle of a name."""
        statement = delete(LoginThrottle).where(LoginThrottle.name_hash == name_hash)
        await self.session.execute(statement)
