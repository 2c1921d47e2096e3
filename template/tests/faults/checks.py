"""What must be true of a service while something fails, and afterwards."""

import asyncio
import os
import signal
from time import monotonic
from uuid import uuid4

from httpx2 import Response

from tests.faults.load import Answers, at_once
from tests.faults.service import Service

IN_TIME = 3.0
BACK_IN = 5.0
ANOTHER_WORKER_IN = 10  # Half of it on an idle machine.


async def write(service: Service, _: int = 0) -> Response:
    """Make an account: reads, writes and commits."""
    body = {"email": f"{uuid4().hex}@example.com"}
    return await service.client.post("/users", json=body)


async def _slowest_sign_of_life(service: Service, work: asyncio.Task[Answers]) -> float:
    worst = 0.0
    while not work.done():
        started = monotonic()
        assert await service.status("/health/live") == 200
        worst = max(worst, monotonic() - started)
        await asyncio.sleep(0.05)
    return worst


async def assert_unavailable(service: Service, count: int = 60) -> Answers:
    """Each of `count` parallel writes is refused in time; the process stays alive."""
    work = asyncio.create_task(at_once(count, lambda n: write(service, n)))
    slowest = await _slowest_sign_of_life(service, work)
    answers = await work
    assert set(answers.statuses) == {503}
    assert all("Retry-After" in response.headers for response in answers.responses)
    assert answers.worst < IN_TIME, answers.figures()
    assert slowest < 1
    return answers


async def assert_recovers(service: Service, seconds: float = BACK_IN) -> None:
    """The same process writes again before long, says so, and has lost no connection."""
    end = monotonic() + seconds
    while (await write(service)).status_code != 201:
        assert monotonic() < end
        await asyncio.sleep(0.05)
    while await service.status("/health/ready") != 200:
        assert monotonic() < end
        await asyncio.sleep(0.05)
    assert service.process.returncode is None
    await assert_no_leak(service)


async def assert_no_leak(service: Service) -> None:
    """Every connection to the database is back, but for what still ends."""
    end = monotonic() + 3
    while await service.connections() > 0:
        assert monotonic() < end, "connections to the database are lost"
        await asyncio.sleep(0.02)


async def kill_a_worker(service: Service) -> float:
    """Kill one of the workers; the seconds until another one serves in its place."""
    before, started = service.starts, monotonic()
    os.kill(min(service.workers), signal.SIGKILL)
    while service.starts == before:
        assert monotonic() - started < ANOTHER_WORKER_IN
        await asyncio.sleep(0.05)
    return monotonic() - started
