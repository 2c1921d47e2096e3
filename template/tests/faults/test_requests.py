"""Clients that send too much, too slowly, too often, or leave."""

import asyncio
import gzip
import random
from collections.abc import AsyncIterator
from time import monotonic

import pytest
from httpx2 import Response

from tests.clients import API
from tests.faults.checks import assert_recovers, write
from tests.faults.conftest import Note
from tests.faults.database import FaultyDatabase, read_addresses
from tests.faults.load import at_once
from tests.faults.service import Service, Start

MEGABYTE = 1_048_576


async def test_a_request_that_takes_too_long_is_cancelled(
    start: Start, faulty_database: FaultyDatabase, note: Note
) -> None:
    async with start(APP_REQUEST_TIMEOUT="1") as service:
        stuck = "/faults/write-and-sleep?seconds=4&email=late@example.com"
        answers = await at_once(1, lambda _: service.client.post(stuck))
        assert answers.statuses == {504: 1}
        assert answers.worst < 2
        assert answers.responses[0].json()["type"] == "deadline_exceeded"
        assert await service.connections() == 0
        assert await service.status("/faults/sleep-briefly?seconds=0.9") == 504
        note(answers.figures())
    assert "late@example.com" not in await read_addresses(faulty_database.direct_url)


async def test_more_at_once_than_the_limit_is_refused_at_once(
    start: Start, note: Note
) -> None:
    async with start(APP_MAX_CONCURRENCY="10") as service:
        slow = asyncio.create_task(
            at_once(30, lambda _: service.client.get("/faults/sleep?seconds=1"))
        )
        await asyncio.sleep(0.5)
        assert await service.status("/health/live") == 200
        answers = await slow
        note(answers.figures())
        assert answers.statuses == {200: 10, 503: 20}
        refused = [r for r in answers.responses if r.status_code == 503]
        assert {r.json()["type"] for r in refused} == {"overloaded"}
        assert all("Retry-After" in r.headers for r in refused)


async def send_slowly(service: Service, head: str) -> bytes:
    """Send a head that promises a body, and a byte of that now and then."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(head.encode())
    answer = asyncio.create_task(reader.read(4096))
    async with asyncio.timeout(10):
        while not answer.done():
            writer.write(b"x")
            await asyncio.sleep(0.2)
    writer.close()
    return await answer


async def test_bodies_that_do_not_end_are_given_up(start: Start, note: Note) -> None:
    head = (
        f"POST {API}/auth/register HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    async with start(APP_REQUEST_TIMEOUT="2") as service:
        before = service.open_files
        started = monotonic()
        slow = asyncio.gather(*(send_slowly(service, head) for _ in range(200)))
        others = await at_once(100, lambda _: service.client.get("/health/live"))
        answers = await slow
        assert {answer.split()[1] for answer in answers} == {b"408"}
        assert all(b"connection: close" in answer.lower() for answer in answers)
        assert monotonic() - started < 5
        assert others.statuses == {200: 100}
        await service.client.aclose()
        await asyncio.sleep(0.2)
        assert service.open_files <= before
    note(f"200 | 200 x 408 | {monotonic() - started:.2f} s")


async def test_what_is_too_large_costs_no_memory(service: Service, note: Note) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 65_536

    async def send(number: int) -> Response:
        whole = b"x" * 4 * MEGABYTE
        return await service.client.post(
            "/auth/register", content=whole if number % 2 else chunks()
        )

    await at_once(4, send)
    before = service.memory
    answers = await at_once(40, send)
    note(f"{answers.figures()} | {(service.memory - before) / MEGABYTE:.0f} MiB more")
    assert set(answers.statuses) == {413}
    assert max(len(response.content) for response in answers.responses) < 2048
    assert service.memory - before < 20 * MEGABYTE


JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOSTILE = [
    ("/auth/register", JSON, b"[" * 100_000),
    ("/auth/login", FORM, b"a=1&" * 100_000),
    (
        "/auth/register",
        JSON | {"Content-Encoding": "gzip"},
        gzip.compress(bytes(10**8)),
    ),
]


@pytest.mark.parametrize(
    ("path", "headers", "body"), HOSTILE, ids=["deep", "many", "zip"]
)
async def test_what_is_made_to_grow_does_not(
    path: str, headers: dict[str, str], body: bytes, service: Service, note: Note
) -> None:
    async def send(_: int) -> Response:
        return await service.client.post(path, content=body, headers=headers)

    await at_once(4, send)
    before = service.memory
    answers = await at_once(20, send)
    note(f"{answers.figures()} | {(service.memory - before) / MEGABYTE:.0f} MiB more")
    assert set(answers.statuses) <= {400, 413, 415, 422}
    assert max(len(response.content) for response in answers.responses) < 2048
    assert service.memory - before < 20 * MEGABYTE


async def test_clients_that_leave_take_nothing_with_them(
    service: Service, note: Note
) -> None:
    async def ask(number: int) -> Response:
        # Not more writes than one writer at a time can take: that is not the fault here.
        return await (service.client.get("/users") if number % 10 else write(service))

    async def leave(number: int) -> None:
        request = asyncio.create_task(ask(number))
        await asyncio.sleep(random.uniform(0, 0.1))  # noqa: S311 - no secret
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)

    seen = len(service.log.read_text())
    for _ in range(10):
        await asyncio.gather(*(leave(number) for number in range(50)))
    await assert_recovers(service)
    assert "[error" not in service.log.read_text()[seen:]
    note("500 | left by the client | ")
