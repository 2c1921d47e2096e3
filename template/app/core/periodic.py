"""Work that the running service does every now and then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from random import SystemRandom

import structlog

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def periodically(
    work: Callable[[], Awaitable[object]], *, every: timedelta
) -> AsyncIterator[None]:
    """Do `work` again and again for as long as the block lasts; a failure is logged.

    The first time comes somewhere within `every`, so that the workers of a service that
    were started together do not all do it together.
    """
    task = asyncio.create_task(_repeat(work, every.total_seconds()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    await asyncio.sleep(SystemRandom().uniform(0, seconds))
    while True:
        try:
            await work()
        except Exception:
            _log.exception("periodic_work_failed")
        await asyncio.sleep(seconds)
