"""What the checks of readiness may cost, and how old their answer may be."""

import asyncio
from time import monotonic

from app.core.drain import Drain
from app.core.readiness import Readiness


async def hang() -> None:
    try:
        await asyncio.sleep(0.5)
    except asyncio.CancelledError:  # And does not even let itself be cancelled.
        await asyncio.sleep(0.5)


async def work() -> None:
    pass


async def test_checks_that_hang_count_as_failed_together_and_in_time() -> None:
    checks = {"one": hang, "two": work, "three": hang}
    started = monotonic()
    readiness = Readiness(checks, Drain(0), seconds=0.02)
    assert await readiness.failing() == ["one", "three"]
    assert monotonic() - started < 0.4


async def test_a_probe_that_leaves_takes_nobody_with_it() -> None:
    readiness = Readiness({"one": hang}, Drain(0), seconds=0.05)
    first = asyncio.create_task(readiness.failing())
    second = asyncio.create_task(readiness.failing())
    await asyncio.sleep(0.01)
    first.cancel()
    assert await second == ["one"]


async def fail() -> None:
    raise RuntimeError


async def test_what_the_service_can_do_without_degrades_it() -> None:
    readiness = Readiness({"one": work}, Drain(0), aids={"two": fail})
    assert await readiness.failing() == []
    assert await readiness.is_degraded()
    assert not await Readiness({"one": fail}, Drain(0)).is_degraded()


async def test_the_stop_is_told_at_once() -> None:
    drain = Drain(0)
    readiness = Readiness({"one": work}, drain)
    assert await readiness.failing() == []
    drain.begun = True
    assert await readiness.failing() == ["shutdown"]
