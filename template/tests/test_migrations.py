"""The migrations go up, down and up again, and end where the models are."""

import asyncio
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import create_engine
from app.registry import DIALECT
from tests.clients import read_me, register, sign_in
from tests.harness import (
    LiveClient,
    alembic_config,
    head_revision,
    make_environment,
    make_settings,
    with_later_migration,
)


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


# Processes that start at the same time: one imports everything and forks.
THREE_UPGRADES = """
import os
from alembic import command
from alembic.config import Config
import app.core.startup, app.models.base, app.registry

for _ in range(3):
    if os.fork() == 0:
        command.upgrade(Config(toml_file="pyproject.toml"), "head")
        os._exit(0)
print([os.wait()[1] for _ in range(3)])
"""


async def test_of_upgrades_at_the_same_time_one_runs_and_all_succeed(
    empty_database: str,
) -> None:
    upgrades = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", THREE_UPGRADES],
        env=make_environment(empty_database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert upgrades.stdout == "[0, 0, 0]\n", upgrades.stderr
    assert "users" in await table_names(empty_database)


async def test_a_lock_of_somebody_else_ends_it_with_a_line_and_nothing_changed(
    own_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = await table_names(own_database)
    config = alembic_config(own_database)
    config.cmd_opts = Namespace(x=["wait=0.1"])
    engine = create_async_engine(own_database)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE users SET full_name = full_name"))
        with pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(command.downgrade, config, "base")
    await engine.dispose()
    assert ended.value.code == 75
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Gave up after 0.1 seconds: ")
    assert await table_names(own_database) == tables


# A quarter of the wait is for one lock: less than the other one takes, and more.
@pytest.mark.parametrize("seconds", [1, 4])
async def test_an_upgrade_waits_for_another_before_it_reads_the_version(
    empty_database: str, seconds: float
) -> None:
    config = alembic_config(empty_database)
    config.cmd_opts = Namespace(x=[f"wait={seconds}"])
    engine = create_engine(make_settings(empty_database), DIALECT)
    async with engine.connect() as other:
        await other.run_sync(lambda sync: DIALECT.migrating(sync).__enter__())
        await other.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        version = {"head": head_revision()}
        await other.execute(text("INSERT INTO alembic_version VALUES (:head)"), version)
        upgrade = asyncio.create_task(
            asyncio.to_thread(command.upgrade, config, "head")
        )
        await asyncio.sleep(0.4)
        await other.commit()
    await engine.dispose()
    await upgrade
    assert await table_names(empty_database) == set()  # There was nothing to do.


BROKEN_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "HEAD"


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer()))
    op.execute("INSERT INTO nowhere SELECT 1")
"""


async def test_a_migration_that_fails_leaves_nothing(
    empty_database: str, tmp_path: Path
) -> None:
    config = with_later_migration(empty_database, tmp_path, BROKEN_MIGRATION)
    with pytest.raises(DBAPIError, match="nowhere"):
        await asyncio.to_thread(command.upgrade, config, "later")
    assert await table_names(empty_database) == set()


LATER_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "HEAD"


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
    config = with_later_migration(own_database, tmp_path, LATER_MIGRATION)
    await asyncio.to_thread(command.upgrade, config, "later")
    async with live_client() as client:
        assert (await read_me(client, tokens)).status_code == 200
