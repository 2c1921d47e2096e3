"""Who guesses passwords has to wait: for an account, wherever the guesses come from."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.clock import utc_now
from app.models.throttle import LoginThrottle
from tests.clients import API, NEW_PASSWORD, bearer, login, register, sign_in
from tests.harness import PASSWORD, LiveClient, Logs

ADA = "ada@example.com"
LIMITED = {"rate_limit_enabled": True, "rate_limit_credentials": "1000/minute"}


@pytest.fixture
async def limited(live_client: LiveClient) -> AsyncIterator[AsyncClient]:
    async with live_client(**LIMITED) as client:
        await register(client, ADA)
        yield client


async def fail(client: AsyncClient, email: str, times: int) -> list[int]:
    return [(await login(client, email, "wrong")).status_code for _ in range(times)]


async def test_eleventh_guess_has_to_wait_and_other_accounts_do_not(
    limited: AsyncClient, logs: Logs
) -> None:
    assert await fail(limited, ADA, 10) == [401] * 10
    refused = await login(limited, "ADA@example.com")
    assert "login_blocked" in [line["event"] for line in logs()]
    assert (refused.status_code, refused.json()["type"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    await register(limited, "grace@example.com")
    assert (await login(limited, "grace@example.com")).status_code == 200


async def test_known_and_unknown_accounts_are_refused_alike(
    limited: AsyncClient,
) -> None:
    answers = set()
    with time_machine.travel(utc_now(), tick=False):
        for email in (ADA, "nobody@example.com", "not an address"):
            assert await fail(limited, email, 10) == [401] * 10
            refused = await login(limited, email)
            body = re.sub(r'"request_id":"\w+"', "", refused.text)
            answers.add((refused.status_code, refused.headers["Retry-After"], body))
    assert len(answers) == 1


async def test_each_failure_after_a_wait_doubles_it_and_success_forgets_all(
    limited: AsyncClient,
) -> None:
    now = utc_now()
    with time_machine.travel(now, tick=False) as clock:
        await fail(limited, ADA, 10)
        clock.move_to(now + timedelta(seconds=61))
        assert (await fail(limited, ADA, 2)) == [401, 429]
        assert (await login(limited, ADA)).headers["Retry-After"] == "120"
        clock.move_to(now + timedelta(seconds=182))
        assert (await login(limited, ADA)).status_code == 200
        assert await fail(limited, ADA, 10) == [401] * 10


async def test_a_restart_and_another_worker_do_not_forget(
    live_client: LiveClient,
) -> None:
    async with live_client(**LIMITED) as first, live_client(**LIMITED) as second:
        await register(first, ADA)
        assert await fail(first, ADA, 5) + await fail(second, ADA, 5) == [401] * 10
    async with live_client(**LIMITED) as third:
        assert (await login(third, ADA)).status_code == 429


async def test_of_many_guesses_at_once_ten_are_made(
    live_client: LiveClient,
) -> None:
    async with live_client(**LIMITED) as first, live_client(**LIMITED) as second:
        answers = await asyncio.gather(
            *(login(client, ADA, "wrong") for client in (first, second) * 10)
        )
    assert Counter(answer.status_code for answer in answers) == {401: 10, 429: 10}


async def test_guesses_at_the_current_password_count_too(
    limited: AsyncClient,
) -> None:
    headers = bearer(await sign_in(limited, ADA))
    body = {"current_password": "wrong", "new_password": "a much better one"}
    url = f"{API}/users/me/password"
    for status in [403] * 5:
        answer = await limited.post(url, json=body, headers=headers)
        assert answer.status_code == status
    assert await fail(limited, ADA, 6) == [401] * 5 + [429]
    body["current_password"] = PASSWORD
    answer = await limited.post(url, json=body, headers=headers)
    assert answer.status_code == 429


async def test_a_change_of_the_password_forgets_the_failures(
    limited: AsyncClient,
) -> None:
    headers = bearer(await sign_in(limited, ADA))
    await fail(limited, ADA, 8)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    url = f"{API}/users/me/password"
    assert (await limited.post(url, json=body, headers=headers)).status_code == 204
    assert await fail(limited, ADA, 10) == [401] * 10


async def test_of_a_name_only_the_hash_is_stored(
    limited: AsyncClient, own_database: str
) -> None:
    """Somebody may type a password where the name belongs."""
    assert await fail(limited, "x" * 254, 1) == [401]
    engine = create_async_engine(own_database)
    async with engine.connect() as connection:
        (row,) = (await connection.execute(select(LoginThrottle.__table__))).all()
    await engine.dispose()
    assert "xxx" not in str(row)


async def test_without_limits_nobody_waits(live_client: LiveClient) -> None:
    async with live_client(rate_limit_enabled=False) as client:
        assert await fail(client, ADA, 12) == [401] * 12
