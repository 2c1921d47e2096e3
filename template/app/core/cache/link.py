"""The way to Redis, which may break: a circuit breaker, and what closes it again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import structlog
from cashews.exceptions import CacheBackendInteractionError
from redis.exceptions import RedisError

from app.core.cache.client import SECONDS

PROBE_SECONDS = 0.25
"""How often Redis is asked whether it is there."""

TRUST_PROBES = 5
"""How many probes in a row it has to answer before it is used again.

Together they take longer than one that fails and the next one: by then every process that
owes Redis something has paid, on a busy machine too.
"""

FAILURES = (RedisError, CacheBackendInteractionError, OSError, TimeoutError)

ResultT = TypeVar("ResultT")

_log = structlog.get_logger(__name__)


class LinkDownError(Exception):
    """Redis cannot be used just now."""


class Link:
    """Calls to Redis: each ends in time, and none is made while it is away.

    The first one that fails opens the breaker for all: until Redis has answered probes for
    a while, calls raise `LinkDownError` at once. `probe` asks for an answer; `pay` is done
    first of all when Redis is back, if somebody has said that it is `owed`.
    """

    def __init__(
        self,
        probe: Callable[[], Awaitable[object]],
        pay: Callable[[], Awaitable[object]],
    ) -> None:
        self._probe = probe
        self._pay = pay
        self._owes = False
        self._answered = 0
        self._is_watched = False
        self.is_up = False

    async def call(self, work: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """Return what `work` does; raises `LinkDownError`."""
        if not self.is_up:
            raise LinkDownError
        try:
            async with asyncio.timeout(SECONDS):
                return await work()
        except FAILURES as error:
            self._lose(error)
            raise LinkDownError from error

    def owe(self) -> None:
        """Do without Redis until the debt is paid."""
        self._owes = True
        self.is_up = False

    async def check(self) -> None:
        """Raise `LinkDownError` while Redis is not used."""
        if not self.is_up:
            raise LinkDownError

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watch Redis for as long as the block lasts; use it at once when it is there."""
        if await self._answers():
            self.is_up = True
        self._is_watched = True
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self.is_up = self._is_watched = False
            # A client that is interrupted may answer instead: then the loop ends.
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        while self._is_watched:
            await asyncio.sleep(PROBE_SECONDS)
            if await self._answers() and not self.is_up:
                self._regain()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(SECONDS):
                await self._probe()
                await self._settle()
        except FAILURES as error:
            self._lose(error)
            return False
        return True

    async def _settle(self) -> None:
        if not self._owes:
            return
        self._owes = False  # What is owed while this is paid comes on top.
        try:
            await self._pay()
        except BaseException:
            self._owes = True
            raise

    def _lose(self, error: BaseException) -> None:
        if self.is_up or self._answered:
            _log.warning("redis_lost", reason=type(error).__name__)
        self.is_up = False
        self._answered = 0

    def _regain(self) -> None:
        self._answered += 1
        if self._answered >= TRUST_PROBES:
            self._answered = 0
            self.is_up = True
            _log.info("redis_regained")
