"""The end of a process: nobody who was let in is turned away."""

import asyncio
import signal
from time import monotonic

from tests.faults.conftest import Note
from tests.faults.database import FaultyDatabase, read_addresses
from tests.faults.load import at_once
from tests.faults.service import Start

GRACE = "--timeout-graceful-shutdown=2"


async def test_requests_in_flight_are_answered_and_readiness_says_stop(
    start: Start, note: Note
) -> None:
    async with start(APP_SHUTDOWN_DELAY="1") as service:
        slow = asyncio.create_task(
            at_once(20, lambda _: service.client.get("/faults/sleep?seconds=3"))
        )
        await asyncio.sleep(0.3)
        stopping = asyncio.create_task(service.stop(25))
        await asyncio.sleep(0.3)
        ready = await service.client.get("/health/ready")
        assert (ready.status_code, ready.json()["details"]) == (503, ["shutdown"])
        assert await service.status("/users/me") == 200
        answers = await slow
        note(answers.figures())
        assert answers.statuses == {200: 20}
        assert await stopping == 0
        log = service.log.read_text()
        assert "Application shutdown complete" in log
        assert "Task was destroyed" not in log


async def test_workers_of_a_supervisor_finish_what_they_do(start: Start) -> None:
    async with start("--workers=2") as service:
        slow = asyncio.create_task(
            at_once(10, lambda _: service.client.get("/faults/sleep?seconds=2"))
        )
        await asyncio.sleep(0.3)
        assert await service.stop(10) == 0
        assert (await slow).statuses == {200: 10}


async def test_a_stuck_request_is_given_up_and_its_write_undone(
    start: Start, faulty_database: FaultyDatabase
) -> None:
    async with start(GRACE) as service:
        stuck = "/faults/write-and-sleep?seconds=120&email=stuck@example.com"
        request = asyncio.create_task(at_once(1, lambda _: service.client.post(stuck)))
        await asyncio.sleep(0.5)
        started = monotonic()
        assert await service.stop(10) == 0
        assert monotonic() - started < 4
        assert 200 not in (await request).statuses
    addresses = await read_addresses(faulty_database.direct_url)
    assert "stuck@example.com" not in addresses


async def test_a_second_signal_does_not_wait(start: Start) -> None:
    async with start(APP_SHUTDOWN_DELAY="30") as service:
        service.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        started = monotonic()
        await service.stop(4)
        assert monotonic() - started < 2


async def test_ctrl_c_stops_at_once(start: Start) -> None:
    async with start(APP_SHUTDOWN_DELAY="30") as service:
        started = monotonic()
        await service.stop(10, signal.SIGINT)
        assert monotonic() - started < 2
