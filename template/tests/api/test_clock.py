"""Time is UTC, wherever the service runs, and tokens allow for little of a clock's error."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from httpx2 import AsyncClient

from tests.clients import read_me, refresh, sign_in
from tests.harness import MakeUser
from tests.tokens import parse

# A quarter of an hour later clocks go back there: what is local is told twice.
NOW = datetime(2026, 11, 1, 1, 45, tzinfo=ZoneInfo("America/St_Johns"))
"""To travel to it sets the zone of the process, too."""


@pytest.mark.parametrize(
    ("shift", "status"),
    [
        (timedelta(hours=-1), 401),
        (timedelta(seconds=-31), 401),
        (timedelta(seconds=-30), 200),
        (timedelta(), 200),
        (timedelta(minutes=29, seconds=59), 200),
        (timedelta(minutes=30), 401),
        (timedelta(hours=1), 401),
    ],
    ids=str,
)
async def test_access_token_counts_from_its_issue_to_its_expiry(
    client: AsyncClient, make_user: MakeUser, shift: timedelta, status: int
) -> None:
    user = await make_user()
    with time_machine.travel(NOW, tick=False) as clock:
        tokens = await sign_in(client, user.email)
        clock.shift(shift)
        response = await read_me(client, tokens)
    assert response.status_code == status


async def test_times_of_tokens_and_answers_are_utc(
    client: AsyncClient, make_user: MakeUser
) -> None:
    with time_machine.travel(NOW, tick=False):
        user = await make_user()
        tokens = await sign_in(client, user.email)
        me = (await read_me(client, tokens)).json()
    _, claims = parse(tokens["access_token"])
    assert claims["iat"] == NOW.timestamp()
    assert claims["exp"] == NOW.timestamp() + 30 * 60
    assert me["created_at"] == "2026-11-01T04:15:00Z"


async def test_refresh_token_outlives_the_change_of_the_clocks_to_the_second(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    with time_machine.travel(NOW, tick=False) as clock:
        first, second = [await sign_in(client, user.email) for _ in range(2)]
        clock.shift(timedelta(days=7, seconds=-1))
        assert (await refresh(client, first)).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert (await refresh(client, second)).status_code == 401


async def test_access_token_ends_with_its_session(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    with time_machine.travel(NOW, tick=False) as clock:
        tokens = await sign_in(client, user.email)
        for _ in range(5):
            clock.shift(timedelta(days=6) - timedelta(minutes=2))
            tokens = (await refresh(client, tokens)).json()
        clock.shift(timedelta(minutes=10, seconds=-1))
        assert (await read_me(client, tokens)).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert (await read_me(client, tokens)).status_code == 401
