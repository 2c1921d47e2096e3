"""cashews' commands for Redis, on a client of ours."""

from collections.abc import Sequence
from typing import Any, cast

from cashews.backends.redis import Redis as RedisBackend
from redis.asyncio import RedisCluster
from redis.asyncio.sentinel import SentinelConnectionPool

from app.core.cache.client import connect


class Backend(RedisBackend):
    """What is read and written is bytes: cashews' own signatures take any digest."""

    def __init__(self, url: str) -> None:
        super().__init__(url, suppress=False)
        self.client = connect(url)
        self._client = cast("Any", self.client)

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what is under each key, in one call; None for nothing."""
        if isinstance(self.client, RedisCluster):
            found = await self.client.mget_nonatomic(keys)
        else:
            found = await self.client.mget(keys)
        return cast("list[bytes | None]", found)

    async def write(
        self, key: str, value: bytes | str, seconds: float, *, new: bool = False
    ) -> None:
        """Store `value` for so many seconds; if `new`, only where there is nothing."""
        await self.client.set(key, value, px=int(seconds * 1000), nx=new)

    async def aclose(self) -> None:
        """Close the connections, those to sentinels too."""
        await self.client.aclose()
        pool = getattr(self.client, "connection_pool", None)
        if isinstance(pool, SentinelConnectionPool):
            for sentinel in pool.sentinel_manager.sentinels:
                await sentinel.aclose()
