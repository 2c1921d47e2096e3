"""What happens to a PostgreSQL server, and to the network on the way to it."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from tests.faults.checks import IN_TIME, assert_recovers, assert_unavailable
from tests.faults.conftest import Note
from tests.faults.database import read_addresses
from tests.faults.load import Answers, at_once, writing
from tests.faults.postgresql import FaultyPostgreSQL
from tests.faults.service import Service

FAULTS = ["down", "read_only", "out_of_connections", "unreachable", "slow"]


@pytest.mark.parametrize("name", FAULTS)
async def test_the_database_is(
    name: str, service: Service, faulty_database: FaultyPostgreSQL, note: Note
) -> None:
    fault: AbstractAsyncContextManager[None] = getattr(faulty_database, name)()
    async with fault:
        answers = await assert_unavailable(service)
    await assert_recovers(service)
    note(answers.figures())


async def test_connections_to_spare_are_closed_without_a_word_though_nobody_answers(
    service: Service, faulty_database: FaultyPostgreSQL, note: Note
) -> None:
    seen = len(service.log.read_text())
    reads = {"seconds": 3}
    asking = asyncio.create_task(
        at_once(
            30, lambda _: service.client.get("/faults/read-and-sleep", params=reads)
        )
    )
    await asyncio.sleep(1.5)
    async with faulty_database.unreachable():
        answers = await asking
    note(answers.figures())
    assert set(answers.statuses) == {200}
    await assert_recovers(service)
    assert "[error" not in service.log.read_text()[seen:]


async def test_the_server_restarts_under_load(
    service: Service, faulty_database: FaultyPostgreSQL, note: Note
) -> None:
    async with writing(service.client, 20) as writers:
        await asyncio.sleep(1)
        await faulty_database.stop()
        await asyncio.sleep(3)
        await faulty_database.start()
        await asyncio.sleep(1)
        during, writers.answers = writers.answers, Answers()
        await asyncio.sleep(1)
    lost = writers.acknowledged - await read_addresses(faulty_database.direct_url)
    note(f"{during.figures()} | {len(lost)} lost")
    assert set(during.statuses) == {201, 503}
    assert set(writers.answers.statuses) == {201}
    assert during.worst < IN_TIME
    assert not lost


async def test_the_server_restarts_while_nobody_asks(
    service: Service, faulty_database: FaultyPostgreSQL, note: Note
) -> None:
    await at_once(12, lambda _: service.client.get("/users"))
    async with faulty_database.down():
        pass
    answers = await at_once(12, lambda _: service.client.get("/users"))
    note(answers.figures())
    assert set(answers.statuses) == {200}


@pytest.mark.parametrize("way", ["reset", "disconnect"])
async def test_connections_break_amid_their_statements(
    way: str, service: Service, faulty_database: FaultyPostgreSQL, note: Note
) -> None:
    slow = {"statement": "SELECT pg_sleep(1)"}
    asking = asyncio.create_task(
        at_once(20, lambda _: service.client.get("/faults/query", params=slow))
    )
    await asyncio.sleep(0.5)
    if way == "reset":
        faulty_database.proxy.reset()
    else:
        await faulty_database.disconnect()
    answers = await asking
    note(answers.figures())
    assert set(answers.statuses) == {503}
    await assert_recovers(service)
