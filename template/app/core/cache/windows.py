"""Rate limits that all processes share, as long as there is Redis."""

import time
from functools import partial

from limits.aio.storage.redis.bridge import RedisBridge

from app.core.cache.client import Client
from app.core.cache.link import Link, LinkDownError
from app.core.rate_limit import WindowStorage


class SharedWindows(WindowStorage):
    """Moving windows in Redis, by the scripts of `limits`: each hit is atomic.

    While Redis is away, each process counts for itself.
    """

    def __init__(self, client: Client, link: Link, *, prefix: str) -> None:
        super().__init__()
        self._link = link
        self._prefix = prefix
        self._hit = client.register_script(RedisBridge.SCRIPT_ACQUIRE_MOVING_WINDOW)
        self._state = client.register_script(RedisBridge.SCRIPT_MOVING_WINDOW)

    async def acquire_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count `amount` hits for `expiry` seconds, unless they would exceed `limit`."""
        hit = partial(
            self._hit, [self._name(key)], [time.time(), limit, expiry, amount]
        )
        try:
            return bool(await self._link.call(hit))
        except LinkDownError:
            return await super().acquire_entry(key, limit, expiry, amount)

    async def get_moving_window(
        self, key: str, limit: int, expiry: int
    ) -> tuple[float, int]:
        """Return the time of the oldest hit that counts, and how many do."""
        now = time.time()
        state = partial(self._state, [self._name(key)], [now - expiry, limit])
        try:
            window = await self._link.call(state)
        except LinkDownError:
            return await super().get_moving_window(key, limit, expiry)
        return (float(window[0]), int(window[1])) if window else (now, 0)

    def _name(self, key: str) -> str:
        return f"{self._prefix}:limit:{key}"
