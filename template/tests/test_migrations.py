"""The migrations go up, down and up again, and end where the models are."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import create_async_engine

from tests.clients import read_me, register, sign_in
from tests.harness import LiveClient, alembic_config


async def table_names(url: str) -> set[str]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    return set(names) - {"alembic_version"}


async def test_up_down_up(empty_database: str) -> None:
    config: Config = alembic_config(empty_database)
    await asyncio.to_thread(command.upgrade, config, "head")
    tables = await table_names(empty_database)
    assert {"users", "sessions", "refresh_tokens"} <= tables
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await table_names(empty_database) == set()
    await asyncio.to_thread(command.upgrade, config, "head")
    assert await table_names(empty_database) == tables


async def test_models_have_no_change_without_a_migration(empty_database: str) -> None:
    """When this fails: make migration m="what changed"."""
    config = alembic_config(empty_database)
    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.check, config)


LATER_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.alter_column("full_name", type_=sa.String(300))
"""


async def test_altering_a_table_keeps_the_rows_that_refer_to_it(
    live_client: LiveClient, own_database: str, tmp_path: Path
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        tokens = await sign_in(client, "ada@example.com")
    (tmp_path / "later.py").write_text(LATER_MIGRATION)
    config = alembic_config(own_database)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"migrations/versions\n{tmp_path}")
    await asyncio.to_thread(command.upgrade, config, "later")
    async with live_client() as client:
        assert (await read_me(client, tokens)).status_code == 200
