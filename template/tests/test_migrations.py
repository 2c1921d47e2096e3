"""The migrations go up, down and up again, and end where the models are."""

import asyncio

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import create_async_engine

from tests.harness import alembic_config


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
