"""Queries about idempotency keys."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.core.exceptions import ConflictError
from app.models.idempotency import IdempotencyKey
from app.repositories.base import Repository


class IdempotencyRepository(Repository[IdempotencyKey]):
    """Reads and writes idempotency keys."""

    model = IdempotencyKey

    async def find(self, scope_hash: str, now: datetime) -> IdempotencyKey | None:
        """Return what is kept under a key and has not expired, or None."""
        return await self.session.scalar(
            select(IdempotencyKey).where(
                IdempotencyKey.scope_hash == scope_hash, IdempotencyKey.expires_at > now
            )
        )

    async def replace(self, instance: IdempotencyKey, now: datetime) -> None:
        """Insert a key in the place of an expired one.

        The unique index decides between many at once: raises `ConflictError` when the key,
        not expired, is there.
        """
        await self.session.execute(
            delete(IdempotencyKey)
            .where(
                IdempotencyKey.scope_hash == instance.scope_hash,
                IdempotencyKey.expires_at <= now,
            )
            .execution_options(synchronize_session=False)
        )
        try:
            await self.add(instance)
        except IntegrityError:
            message = "Another request with this key was faster."
            raise ConflictError(message) from None

    async def purge_expired(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` keys that are over; returns how many."""
        return await self.purge(IdempotencyKey, IdempotencyKey.expires_at <= now, limit)
