"""Whatever happens to the database: 503 in time, and back to work without a restart."""

import asyncio

from tests.faults.checks import assert_no_leak, assert_recovers, assert_unavailable
from tests.faults.conftest import Note
from tests.faults.database import FaultyDatabase
from tests.faults.load import at_once
from tests.faults.service import Service, Start


async def test_somebody_holds_a_lock(
    service: Service, faulty_database: FaultyDatabase, note: Note
) -> None:
    async with faulty_database.locked():
        answers = await assert_unavailable(service)
    await assert_recovers(service)
    note(answers.figures())


async def test_the_disk_is_full(
    service: Service, faulty_database: FaultyDatabase, note: Note
) -> None:
    async with faulty_database.full():
        answers = await assert_unavailable(service)
    await assert_recovers(service)
    note(answers.figures())


async def test_a_statement_takes_too_long(
    service: Service, faulty_database: FaultyDatabase, note: Note
) -> None:
    slow = {"statement": faulty_database.slow_statement}
    answers = await at_once(
        10, lambda _: service.client.get("/faults/query", params=slow)
    )
    assert set(answers.statuses) == {503}
    assert answers.worst < 3
    await assert_recovers(service)
    assert await faulty_database.running_statements() == 0
    note(answers.figures())


async def test_the_pool_is_used_up(start: Start, note: Note) -> None:
    pool = {"APP_DATABASE_POOL_SIZE": "2", "APP_DATABASE_MAX_OVERFLOW": "0"}
    async with start(**pool) as small:
        holding = asyncio.create_task(
            at_once(2, lambda _: small.client.get("/faults/read-and-sleep?seconds=4"))
        )
        await asyncio.sleep(0.3)
        answers = await assert_unavailable(small, 30)
        assert (await holding).statuses == {200: 2}
        await assert_no_leak(small)
    note(answers.figures())
