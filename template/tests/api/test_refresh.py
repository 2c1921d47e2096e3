"""Rotation of refresh tokens, and what happens to stolen ones."""

from datetime import timedelta

import time_machine
from httpx2 import AsyncClient
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.clock import utc_now
from app.core.database import Session
from app.models.base import Base
from app.models.session import RefreshToken, UserSession
from tests.clients import bearer, read_me, refresh, register, sign_in
from tests.harness import LiveClient, MakeUser


async def test_refresh_gives_a_new_pair_that_works(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    first = await sign_in(client, user.email)
    second = (await refresh(client, first)).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert (await read_me(client, second)).status_code == 200
    assert (await refresh(client, second)).status_code == 200


async def test_unknown_refresh_token_is_refused(client: AsyncClient) -> None:
    response = await refresh(client, {"refresh_token": "unknown"})
    assert (response.status_code, response.json()["type"]) == (
        401,
        "invalid_refresh_token",
    )


async def test_only_hashes_of_refresh_tokens_are_stored(
    client: AsyncClient, make_user: MakeUser, session: Session
) -> None:
    user = await make_user()
    token = (await sign_in(client, user.email))["refresh_token"]
    for table in Base.metadata.sorted_tables:
        assert isinstance(table, Table)
        for row in await session.execute(select(table)):
            assert token not in map(str, row)


async def test_used_token_within_the_leeway_is_refused_without_alarm(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    first = await sign_in(client, user.email)
    second = (await refresh(client, first)).json()
    assert (await refresh(client, first)).status_code == 401
    assert (await read_me(client, second)).status_code == 200
    assert (await refresh(client, second)).status_code == 200


async def test_used_token_after_the_leeway_ends_the_whole_session(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    other = await sign_in(client, user.email)
    now = utc_now()
    with time_machine.travel(now, tick=False) as clock:
        pairs = [await sign_in(client, user.email)]
        for _ in range(3):
            pairs.append((await refresh(client, pairs[-1])).json())
        clock.move_to(now + timedelta(seconds=11))
        assert (await refresh(client, pairs[0])).status_code == 401
        for pair in pairs:
            assert (await read_me(client, pair)).status_code == 401
            # Even the newest one, and even at once: a breach has no leeway.
            assert (await refresh(client, pair)).status_code == 401
    assert (await read_me(client, other)).status_code == 200


async def test_revocation_after_a_breach_is_committed_although_the_answer_is_401(
    live_client: LiveClient, own_database: str
) -> None:
    async with live_client(refresh_leeway_seconds=0) as client:
        await register(client, "ada@example.com")
        first = await sign_in(client, "ada@example.com")
        with time_machine.travel(utc_now() + timedelta(seconds=1)):
            assert (await refresh(client, first)).status_code == 200
        with time_machine.travel(utc_now() + timedelta(seconds=2)):
            assert (await refresh(client, first)).status_code == 401
    engine = create_async_engine(own_database)
    async with engine.connect() as connection:
        revoked = await connection.scalar(select(UserSession.revoked_at))
        tokens = (await connection.scalars(select(RefreshToken.id))).all()
    await engine.dispose()
    assert revoked is not None
    assert len(tokens) == 2


async def test_session_ends_after_thirty_days_however_often_it_is_refreshed(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    start = utc_now()
    with time_machine.travel(start, tick=False) as clock:
        tokens = await sign_in(client, user.email)
        for days in (6, 12, 18, 24):
            clock.move_to(start + timedelta(days=days))
            tokens = (await refresh(client, tokens)).json()
        clock.move_to(start + timedelta(days=30))
        assert (await refresh(client, tokens)).status_code == 401


async def test_refresh_token_ends_after_seven_days(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    start = utc_now()
    with time_machine.travel(start, tick=False) as clock:
        tokens = await sign_in(client, user.email)
        clock.move_to(start + timedelta(days=7))
        assert (await refresh(client, tokens)).status_code == 401


async def test_refresh_token_is_no_access_token(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    tokens = await sign_in(client, user.email)
    swapped = {
        "access_token": tokens["refresh_token"],
        "refresh_token": tokens["access_token"],
    }
    assert bearer(swapped) != bearer(tokens)
    assert (await read_me(client, swapped)).status_code == 401
    assert (await refresh(client, swapped)).status_code in {401, 422}
