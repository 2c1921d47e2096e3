"""The tables change while the service writes, on three replicas at once."""

import asyncio
import sys
from pathlib import Path

from tests.faults.checks import IN_TIME, assert_recovers
from tests.faults.conftest import Note
from tests.faults.database import FaultyDatabase
from tests.faults.load import Answers, writing
from tests.faults.service import Service

# It only adds: the code that runs knows nothing of the column.
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "HEAD"


def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.String(50)))


def downgrade() -> None:
    op.drop_column("users", "nickname")
"""

RUN = """
import sys
from pathlib import Path
from alembic import command
from tests.harness import with_later_migration

url, folder, migration, direction, revision = sys.argv[1:]
Path(folder).mkdir()
config = with_later_migration(url, Path(folder), migration)
getattr(command, direction)(config, revision)
"""


async def migrate(url: str, folder: Path, direction: str, revision: str) -> int:
    """Run a migration in a process of its own; its exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, url, str(folder), MIGRATION, direction, revision)
    )
    return await process.wait()


async def test_three_replicas_change_a_table_that_is_locked_and_written_to(
    service: Service, faulty_database: FaultyDatabase, tmp_path: Path, note: Note
) -> None:
    url = faulty_database.direct_url
    async with writing(service.client, 10) as writers:
        async with faulty_database.locked():
            upgrades = asyncio.gather(
                *(migrate(url, tmp_path / str(n), "upgrade", "later") for n in range(3))
            )
            await asyncio.sleep(5)
        codes = await upgrades
        during, writers.answers = writers.answers, Answers()
        await asyncio.sleep(1)
    note(during.figures())
    assert codes == [0, 0, 0]
    assert set(during.statuses) <= {201, 503}
    assert during.worst < IN_TIME
    assert set(writers.answers.statuses) == {201}
    assert await migrate(url, tmp_path / "down", "downgrade", "-1") == 0
    await assert_recovers(service)
