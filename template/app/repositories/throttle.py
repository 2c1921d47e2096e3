"""Queries about throttled sign-ins."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Integer, String, Uuid, bindparam, delete, text, update
from uuid_utils.compat import uuid7

from app.domain.throttle import Throttle
from app.models.base import UTCDateTime
from app.models.throttle import LoginThrottle
from app.repositories.base import Repository

# What makes this an upsert is written alike on every database that has one.
_HOLD = (
    text(
        """
        INSERT INTO login_throttles
            (id, name_hash, failures, expires_at, created_at, updated_at)
        VALUES (:id, :name_hash, 0, :now, :now, :now)
        ON CONFLICT (name_hash) DO UPDATE SET updated_at = excluded.updated_at
        RETURNING failures, blocked_until, expires_at
        """
    )
    .bindparams(
        bindparam("id", type_=Uuid()),
        bindparam("name_hash", type_=String()),
        bindparam("now", type_=UTCDateTime()),
    )
    .columns(failures=Integer(), blocked_until=UTCDateTime(), expires_at=UTCDateTime())
)


class ThrottleRepository(Repository[LoginThrottle]):
    """Reads and writes throttles."""

    model = LoginThrottle

    async def hold(self, name_hash: str, now: datetime) -> Throttle:
        """Return the throttle of a name, made when there is none, locked until the commit."""
        values = {"id": uuid7(), "name_hash": name_hash, "now": now}
        row = (await self.session.execute(_HOLD, values)).one()
        return Throttle(
            failures=row.failures,
            blocked_until=row.blocked_until,
            expires_at=row.expires_at,
        )

    async def replace(self, name_hash: str, throttle: Throttle) -> None:
        """Store the throttle of a name that is held."""
        statement = update(LoginThrottle).where(LoginThrottle.name_hash == name_hash)
        await self.session.execute(statement.values(**asdict(throttle)))

    async def purge_expired(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` throttles that are over; returns how many."""
        return await self.purge(LoginThrottle, LoginThrottle.expires_at <= now, limit)

    async def forget(self, name_hash: str) -> None:
        """Delete the throttle of a name."""
        statement = delete(LoginThrottle).where(LoginThrottle.name_hash == name_hash)
        await self.session.execute(statement)
