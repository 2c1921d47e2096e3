"""When a connection is asked whether it is alive."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core import pool


@pytest.fixture
def pings(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The answers to pings, the next one at the end."""
    answers: list[bool] = []
    monkeypatch.setattr(engine.dialect, "do_ping", lambda _: answers.pop())
    return answers


async def use(engine: AsyncEngine) -> object:
    """The connection that was used."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        return (await connection.get_raw_connection()).driver_connection


async def test_one_that_was_used_just_now_is_not_asked(
    engine: AsyncEngine, pings: list[bool]
) -> None:
    assert await use(engine) is await use(engine)
    assert pings == []


async def test_after_a_pause_it_is_asked_and_replaced_when_it_is_dead(
    engine: AsyncEngine, pings: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "TRUSTED_SECONDS", 0)
    first = await use(engine)
    pings.append(True)
    assert await use(engine) is first
    pings.append(False)
    assert await use(engine) is not first
    assert pings == []
