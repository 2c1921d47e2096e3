"""Whether the service can work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from app.core.drain import Drain

ReadinessCheck = Callable[[], Awaitable[None]]
"""Returns when the thing it checks is usable, raises when it is not."""

_KEPT_SECONDS = 1

_log = structlog.get_logger(__name__)


class Readiness:
    """Runs the checks together, each for two seconds at most.

    Anybody may ask, so the checks run once for all who ask meanwhile and within the next
    second. What the `aids` check is missed, but the service works without it.
    """

    def __init__(
        self,
        checks: Mapping[str, ReadinessCheck],
        drain: Drain,
        *,
        aids: Mapping[str, ReadinessCheck] | None = None,
        seconds: float = 2,
    ) -> None:
        self._aids = aids or {}
        self._checks = {**checks, **self._aids}
        self._drain = drain
        self._seconds = seconds
        self._run: asyncio.Task[list[str]] | None = None
        self._kept_until = 0.0

    async def failing(self) -> list[str]:
        """Return the names of what fails that the service cannot do without."""
        if self._drain.begun:  # No answer from before the signal to stop is kept.
            return ["shutdown"]
        return [name for name in await self._failing() if name not in self._aids]

    async def is_degraded(self) -> bool:
        """Whether something fails that the service can do without."""
        return not self._aids.keys().isdisjoint(await self._failing())

    async def _failing(self) -> list[str]:
        now = asyncio.get_running_loop().time()
        if self._run is None or (self._run.done() and now >= self._kept_until):
            self._run = asyncio.create_task(self._run_checks())
        return await asyncio.shield(self._run)

    async def _run_checks(self) -> list[str]:
        runs = {
            name: asyncio.create_task(_passes(name, check))
            for name, check in self._checks.items()
        }
        # Not `asyncio.timeout`, which waits for what is cancelled to end.
        _, hanging = await asyncio.wait(runs.values(), timeout=self._seconds)
        for run in hanging:
            run.cancel()
        self._kept_until = asyncio.get_running_loop().time() + _KEPT_SECONDS
        passed = {run for run in runs.values() if run not in hanging and run.result()}
        return [name for name, run in runs.items() if run not in passed]


async def _passes(name: str, check: ReadinessCheck) -> bool:
    try:
        await check()
    except asyncio.CancelledError:
        _log.warning("not_ready", check=name, reason="it took too long")
        return False
    except Exception:
        _log.warning("not_ready", check=name, exc_info=True)
        return False
    return True
