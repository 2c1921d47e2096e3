"""What happens to the file of a SQLite database."""

import asyncio
from pathlib import Path

from tests.faults.checks import assert_recovers, write
from tests.faults.conftest import Note
from tests.faults.database import read_addresses
from tests.faults.load import at_once, writing
from tests.faults.service import Service, Start
from tests.faults.sqlite import FaultySQLite


async def test_a_full_disk_costs_nothing_that_was_acknowledged(
    service: Service, faulty_database: FaultySQLite, note: Note
) -> None:
    async with writing(service.client, 10) as writers:
        await asyncio.sleep(0.5)
        async with faulty_database.full():
            await asyncio.sleep(1)
        await asyncio.sleep(0.5)
    await assert_recovers(service)
    lost = writers.acknowledged - await read_addresses(faulty_database.url)
    note(f"{writers.answers.figures()} | {len(lost)} lost")
    assert set(writers.answers.statuses) == {201, 503}
    assert not lost
    assert faulty_database.check() == "ok"


async def test_the_file_may_only_be_read(
    start: Start, faulty_database: FaultySQLite, note: Note
) -> None:
    url = f"sqlite:///file:{faulty_database.path}?mode=ro&uri=true"
    async with start(APP_DATABASE_URL=url) as service:
        answers = await at_once(20, lambda n: write(service, n))
        note(answers.figures())
        assert set(answers.statuses) == {503}
        assert await service.status("/users/me") == 200


async def test_the_folder_comes_after_the_service(
    start: Start, faulty_database: FaultySQLite, tmp_path: Path, note: Note
) -> None:
    late = tmp_path / "volume" / "app.db"
    async with start(APP_DATABASE_URL=f"sqlite:///{late}") as service:
        answers = await at_once(20, lambda n: write(service, n))
        note(answers.figures())
        assert set(answers.statuses) == {503}
        assert await service.status("/health/ready") == 503
        faulty_database.copy_to(late)
        await assert_recovers(service)
