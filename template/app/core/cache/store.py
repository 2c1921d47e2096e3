"""What is kept in Redis, and when it counts."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from random import SystemRandom
from secrets import randbits
from typing import Self
from uuid import uuid4

import structlog

from app.core.cache.backend import Backend
from app.core.cache.link import Link, LinkDownError
from app.core.cache.seal import Seals
from app.core.cache.single_flight import SingleFlight

MAX_BYTES = 256 * 1024
"""The largest value that is kept."""

TOKEN_SECONDS = 24 * 3600
LOCK_SECONDS = 2.0
_POLLS = 100
_POLL_SECONDS = LOCK_SECONDS / _POLLS
_JITTER = 0.1

Make = Callable[[], Awaitable[bytes]]

_random = SystemRandom()
_log = structlog.get_logger(__name__)


class Cache:
    """Entries under tags: one counts while none of its tags was made void since.

    Each tag has a random token in Redis, and so has the cache as a whole; an entry is
    sealed for the tokens that were there before its value was read from the database. Who
    makes a tag void gives it another token, so an entry that crosses this never counts. A
    token that was flushed or evicted is made anew, with the same effect. When Redis is
    away every value is made anew, and if it could not be told that a tag is void, the whole
    cache is void before it is used again.
    """

    def __init__(self, url: str, secret_keys: Sequence[str], *, prefix: str) -> None:
        self.backend = Backend(url)
        self.link = Link(self.backend.client.ping, self._renew)
        self.counts: Counter[tuple[str, str]] = Counter()
        self._seals = Seals(secret_keys)
        self._prefix = prefix
        self._flights = SingleFlight()

    async def load(
        self,
        layer: str,
        subject: str,
        make: Make,
        *,
        seconds: float,
        tags: Sequence[str] = (),
        denied_by: str | None = None,
        alone: bool = True,
    ) -> bytes:
        """Return the JSON kept for `subject`, else what `make` returns, and keep that.

        However many ask at once, in however many processes, one makes it, unless not
        `alone`. While `denied_by` is denied, the answer is `null`.
        """
        key = self._key(layer, hashlib.sha256(subject.encode()).hexdigest())
        names = [self._key("token", tag) for tag in ("", *tags)]
        denial = self._key("denied", denied_by or "")
        try:
            tokens, (entry, denied) = await self._read(names, [key, denial])
        except LinkDownError:
            self.counts[layer, "down"] += 1
            return await make()
        if denied_by and self._seals.open(denial, (), denied) is not None:
            self.counts[layer, "denied"] += 1
            return b"null"
        value = self._seals.open(key, tokens, entry)
        if value is not None:
            self.counts[layer, "hit"] += 1
            return value
        self.counts[layer, "miss"] += 1
        filling = partial(self._fill, key, tokens, seconds, make)
        if not alone:
            return await filling()
        only_here = partial(self._fill_alone, key, tokens, filling)
        return await self._flights.run((key, *tokens), only_here)

    async def tell(
        self, tags: Iterable[str], *, denied: Iterable[str] = (), seconds: float = 0
    ) -> None:
        """Have no entry under these tags count any more.

        What is `denied_by` one of `denied` is answered with `null` for so many seconds.
        """
        denials = [self._key("denied", name) for name in denied]
        close = self._seals.close

        async def write() -> None:
            for tag in tags:
                await self._renew(tag)
            for key in denials:
                entry = close(key, (), seconds, b"true")
                await self.backend.write(key, entry, seconds)

        try:
            await self.link.call(write)
        except BaseException as error:
            # Whatever kept Redis from hearing this, what it holds may be out of date.
            self.link.owe()
            if not isinstance(error, LinkDownError):
                raise

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Watch Redis for as long as the block lasts; at the end the counts are logged."""
        try:
            async with self.link.watched():
                yield self
        finally:
            counts = {":".join(each): n for each, n in sorted(self.counts.items())}
            _log.info("cache_counts", **counts)
            await self.backend.aclose()

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}:{kind}:{name}"

    async def _read(
        self, names: list[str], keys: list[str]
    ) -> tuple[list[bytes], list[bytes | None]]:
        read = partial(self.backend.read, [*names, *keys])
        found = await self.link.call(read)
        count = len(names)
        missing = [name for name, token in zip(names, found, strict=False) if not token]
        if missing:
            await self.link.call(partial(self._make_tokens, missing))
            found = await self.link.call(read)
        return [token or b"" for token in found[:count]], found[count:]

    async def _make_tokens(self, names: list[str]) -> None:
        for name in names:
            await self.backend.write(name, _new_token(), TOKEN_SECONDS, new=True)

    async def _fill(
        self, key: str, tokens: list[bytes], seconds: float, make: Make
    ) -> bytes:
        value = await make()
        if len(value) <= MAX_BYTES:
            # Not all in the same second: they would all be made anew together.
            seconds *= _random.uniform(1 - _JITTER, 1)
            entry = self._seals.close(key, tokens, seconds, value)
            with suppress(LinkDownError):
                await self.link.call(partial(self.backend.write, key, entry, seconds))
        return value

    async def _fill_alone(self, key: str, tokens: list[bytes], filling: Make) -> bytes:
        """Fill it, or wait a moment for the process that does so."""
        lock, holder = self._key("lock", key), uuid4().hex
        take = partial(self.backend.set_lock, lock, holder, LOCK_SECONDS)
        taken, value = False, None
        with suppress(LinkDownError):
            taken = await self.link.call(take)
            # Whoever had the lock before may have filled it meanwhile.
            value = await self._wait_for(
                key, tokens, lock, attempts=1 if taken else _POLLS
            )
        try:
            return await filling() if value is None else value
        finally:
            if taken:
                with suppress(LinkDownError):
                    await self.link.call(partial(self.backend.unlock, lock, holder))

    async def _wait_for(
        self, key: str, tokens: list[bytes], lock: str, *, attempts: int
    ) -> bytes | None:
        read = partial(self.backend.read, [key, lock])
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(_POLL_SECONDS)
            entry, held = await self.link.call(read)
            value = self._seals.open(key, tokens, entry)
            if value is not None or held is None:
                return value
        return None

    async def _renew(self, tag: str = "") -> None:
        await self.backend.write(self._key("token", tag), _new_token(), TOKEN_SECONDS)


def _new_token() -> bytes:
    return str(randbits(63)).encode()
