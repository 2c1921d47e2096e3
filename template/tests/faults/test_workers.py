"""Workers that are killed: what was acknowledged is there, and somebody else serves."""

import asyncio

import pytest

from tests.faults.checks import kill_a_worker
from tests.faults.conftest import Note
from tests.faults.database import FaultyDatabase, read_addresses
from tests.faults.load import NO_ANSWER, writing
from tests.faults.service import Start


@pytest.mark.parametrize(("rounds", "commit_delay"), [(6, "0"), (3, "0.03")])
async def test_killed_workers_lose_nothing_that_was_acknowledged(
    rounds: int,
    commit_delay: str,
    start: Start,
    faulty_database: FaultyDatabase,
    note: Note,
) -> None:
    back = 0.0
    async with start("--workers=2", COMMIT_DELAY=commit_delay) as service:
        async with writing(service.client, 30) as writers:
            for _ in range(rounds):
                await asyncio.sleep(0.5)
                back = max(back, await kill_a_worker(service))
    lost = writers.acknowledged - await read_addresses(faulty_database.direct_url)
    note(f"{writers.answers.figures()} | {len(lost)} lost, back in {back:.1f} s")
    assert not lost
    assert set(writers.answers.statuses) <= {NO_ANSWER, 201, 503}
