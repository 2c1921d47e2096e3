"""Removes what has expired, so that no table grows for ever."""

from collections.abc import Iterable

from app.core.clock import utc_now
from app.core.database import SessionFactory
from app.core.extension import Extension
from app.repositories.idempotency import IdempotencyRepository
from app.repositories.session import SessionRepository
from app.repositories.throttle import ThrottleRepository

BATCH = 1000


async def purge_expired(
    factory: SessionFactory, extensions: Iterable[Extension] = ()
) -> int:
    """Delete expired rows in batches, each committed; returns how many they were.

    The rows of the `extensions` are among them.

    Several workers may do this at once: batches of one kind skip what another holds, and
    no transaction holds rows of two kinds, or they would wait for each other in a circle.
    """
    total = 0
    async with factory() as session:
        sessions, throttles = SessionRepository(session), ThrottleRepository(session)
        keys = IdempotencyRepository(session)
        for purge in (
            sessions.purge_tokens,
            sessions.purge_sessions,
            throttles.purge_expired,
            keys.purge_expired,
            *(make(session) for each in extensions for make in each.purges),
        ):
            deleted = BATCH
            while deleted == BATCH:
                deleted = await purge(utc_now(), limit=BATCH)
                await session.commit()
                total += deleted
    return total
