"""Removes what has expired, so that no table grows for ever."""

from app.core.clock import utc_now
from app.core.database import SessionFactory
from app.repositories.session import SessionRepository
from app.repositories.throttle import ThrottleRepository

BATCH = 1000


async def purge_expired(factory: SessionFactory) -> int:
    """Delete expired rows in batches, each committed; returns how many they were.

    Batches keep transactions short, and several workers may do this at once.
    """
    total = 0
    while True:
        async with factory() as session:
            sessions, throttles = (
                SessionRepository(session),
                ThrottleRepository(session),
            )
            now = utc_now()
            deleted = [
                await sessions.purge_tokens(now, limit=BATCH),
                await sessions.purge_sessions(now, limit=BATCH),
                await throttles.purge_expired(now, limit=BATCH),
            ]
            await session.commit()
        total += sum(deleted)
        if max(deleted) < BATCH:
            return total
