"""A service that has just been installed."""

import asyncio
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from app.application import create_app
from app.core.database import create_engine, create_session_factory
from app.core.migrations import Migrations, SchemaError
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
