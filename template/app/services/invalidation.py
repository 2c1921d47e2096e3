"""What makes entries of the cache void: which tags an event touches."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from app.core.cache import Cache
from app.core.security import CLOCK_SKEW
from app.domain.events import Event, LoggedOut, RefreshTokenReused


def tags_of(event: Event) -> Iterator[str]:
    """Yield the tags of `@cache` whose entries are out of date after `event`."""
    if event.user_id is not None:
        yield "users"
        yield f"user:{event.user_id}"
    # yours


class Invalidation:
    """Tells the cache what was committed, before the answer leaves.

    A session that was ended is denied until every access token of it has expired.
    """

    def __init__(self, cache: Cache, token_lifetime: timedelta) -> None:
        self._cache = cache
        self._denied_seconds = (token_lifetime + CLOCK_SKEW).total_seconds()

    async def handle(self, events: Sequence[Event]) -> None:
        """Make void what these events touch."""
        tags = {tag for event in events for tag in tags_of(event)}
        ended = [
            f"session:{event.session_id}"
            for event in events
            if isinstance(event, (LoggedOut, RefreshTokenReused)) and event.session_id
        ]
        await self._cache.tell(tags, denied=ended, seconds=self._denied_seconds)
