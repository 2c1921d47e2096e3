"""What migrations can do on PostgreSQL alone."""

import asyncio
from pathlib import Path

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.harness import with_later_migration

CONCURRENT_INDEX = """
from alembic import op

revision = "later"
down_revision = "HEAD"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        name = "ix_users_full_name"
        op.drop_index(name, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, "users", ["full_name"], postgresql_concurrently=True)
        op.execute("RESET lock_timeout")
"""


async def test_an_index_is_built_while_the_service_writes(
    own_database: str, tmp_path: Path
) -> None:
    config = with_later_migration(own_database, tmp_path, CONCURRENT_INDEX)
    engine = create_async_engine(own_database)
    async with engine.connect() as connection:
        await connection.execute(text("UPDATE users SET full_name = full_name"))
        upgrade = asyncio.create_task(
            asyncio.to_thread(command.upgrade, config, "later")
        )
        await asyncio.sleep(0.3)
        assert not upgrade.done()  # It waits for the transaction, and blocks none.
        async with engine.begin() as other:
            await other.execute(text("UPDATE users SET full_name = full_name"))
        await connection.commit()
        await upgrade
        found = text("SELECT count(*) FROM pg_indexes WHERE indexname = :name")
        index = {"name": "ix_users_full_name"}
        assert await connection.scalar(found, index) == 1
        version = text("SELECT version_num FROM alembic_version")
        assert await connection.scalar(version) == "later"
    await engine.dispose()
