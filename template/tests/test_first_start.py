"""A service that has just been installed."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from app.application import create_app
from app.core.database import create_engine, create_session_factory
from app.core.migrations import Migrations, SchemaError, load_migrations
from app.models.user import User
from app.registry import DIALECT
from tests.harness import head_revision, make_environment, make_settings, run_app


async def test_nobody_has_an_account_before_one_is_made(own_database: str) -> None:
    async with (
        run_app(create_app(make_settings(own_database))) as resources,
        resources.session_factory() as session,
    ):
        assert await session.scalar(select(func.count()).select_from(User)) == 0


async def test_without_tables_the_start_ends_with_a_line(empty_database: str) -> None:
    server = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "uvicorn", "app.main:app", "--port", "0"],
        env=make_environment(empty_database),
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    errors = [line for line in server.stderr.splitlines() if "[info" not in line]
    assert (server.returncode, len(errors)) == (3, 2), server.stderr
    assert "The database has no tables yet: run make migrate" in errors[0]


async def test_tables_that_are_behind_the_code_are_named(own_database: str) -> None:
    engine = create_engine(make_settings(own_database), DIALECT)
    head = head_revision()
    migrations = Migrations(known=frozenset({head, "x"}), heads=frozenset({"x"}))
    with pytest.raises(SchemaError, match=rf"is behind the code \({head}, not x\)"):
        await migrations.check(create_session_factory(engine))
    await engine.dispose()


def write_migration(folder: Path, text: str) -> None:
    (folder / "versions").mkdir(exist_ok=True)
    count = len(list((folder / "versions").iterdir()))
    (folder / "versions" / f"{count}.py").write_text(text)


@pytest.mark.parametrize("merge", ["", "revision = 'd'\ndown_revision = ('b', 'c')"])
def test_the_migrations_are_those_that_alembic_finds(
    tmp_path: Path, merge: str
) -> None:
    write_migration(tmp_path, "revision = 'a'\ndown_revision = None")
    write_migration(tmp_path, "revision: str = 'b'\ndown_revision: str | None = 'a'")
    write_migration(tmp_path, "revision = 'c'\ndown_revision = 'a'")
    if merge:
        write_migration(tmp_path, merge)
    ours, alembic = load_migrations(tmp_path), ScriptDirectory(tmp_path)
    assert ours.known == {each.revision for each in alembic.walk_revisions()}
    assert ours.heads == set(alembic.get_heads())


def test_a_migration_that_computes_its_name_is_refused(tmp_path: Path) -> None:
    write_migration(tmp_path, "revision = str(1)")
    with pytest.raises(SchemaError, match="Write revision as a plain value in "):
        load_migrations(tmp_path)
