"""One request that is sent again and again, to workers that are killed meanwhile."""

import asyncio
from uuid import uuid4

from httpx2 import Response

from tests.faults.checks import kill_a_worker
from tests.faults.conftest import Note
from tests.faults.database import FaultyDatabase, read_addresses
from tests.faults.load import NO_ANSWER, Answers, at_once
from tests.faults.service import Service, Start

ROUNDS = 4


async def create(service: Service, key: str, email: str) -> Response:
    headers = {"Idempotency-Key": key}
    return await service.client.post("/users", json={"email": email}, headers=headers)


async def send_again_and_again(service: Service, key: str) -> Answers:
    """Send one request fifty times, kill a worker amid that, and send it once more."""
    email = f"{key}@example.com"
    sending = asyncio.create_task(at_once(50, lambda _: create(service, key, email)))
    await asyncio.sleep(0.1)
    await kill_a_worker(service)
    answers = await sending
    again = await create(service, key, email)
    assert again.status_code == 201
    bodies = {r.content for r in answers.responses if r.status_code == 201}
    assert bodies <= {again.content}
    other = await create(service, key, f"other-{email}")
    assert other.status_code == 422
    return answers


async def test_a_request_with_a_key_takes_effect_once_whoever_is_killed(
    start: Start, faulty_database: FaultyDatabase, note: Note
) -> None:
    total, keys = Answers(), [uuid4().hex for _ in range(ROUNDS)]
    async with start("--workers=2", COMMIT_DELAY="0.03") as service:
        for key in keys:
            answers = await send_again_and_again(service, key)
            total.statuses += answers.statuses
            total.worst = max(total.worst, answers.worst)
    note(total.figures())
    assert set(total.statuses) <= {NO_ANSWER, 201, 503}
    addresses = await read_addresses(faulty_database.direct_url)
    made = {address for address in addresses if any(key in address for key in keys)}
    assert made == {f"{key}@example.com" for key in keys}
