"""How often one client may ask, and what it is told when that is too often."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient

from app.core.clock import utc_now
from tests.clients import API, assert_limited, login
from tests.harness import LiveClient, Logs, Visit

ADDRESS = "192.0.2.7"
OTHER_ADDRESS = "192.0.2.8"


async def ask(client: AsyncClient, times: int = 1) -> list[int]:
    """The statuses of so many requests for nothing in particular."""
    paths = [f"{API}/nothing"] * times
    return [(await client.get(path)).status_code for path in paths]


async def test_one_client_has_one_budget_for_all_routes(visit: Visit) -> None:
    async with visit(ADDRESS) as client, visit(OTHER_ADDRESS) as other:
        assert await ask(client, 9) == [404] * 9
        assert (await client.get(f"{API}/users/me")).status_code == 401
        assert_limited(await client.get(f"{API}/users/me"), "default", 10)
        assert await ask(client) == [429]
        assert await ask(other) == [404]


async def test_health_checks_are_exempt(visit: Visit) -> None:
    async with visit(ADDRESS) as client:
        for _ in range(11):
            assert (await client.get(f"{API}/health/live")).status_code == 200
        assert await ask(client, 11) == [404] * 10 + [429]
        assert (await client.get(f"{API}/health/live")).status_code == 200


async def test_of_many_at_once_as_many_pass_as_the_limit_says(visit: Visit) -> None:
    async with visit(ADDRESS) as client:
        answers = await asyncio.gather(*(ask(client) for _ in range(100)))
    assert Counter(status for (status,) in answers) == {404: 10, 429: 90}


async def test_the_window_moves_on(visit: Visit) -> None:
    async with visit(ADDRESS) as client:
        with time_machine.travel(utc_now(), tick=False) as clock:
            assert await ask(client, 11) == [404] * 10 + [429]
            clock.shift(timedelta(seconds=59))
            refused = await client.get(f"{API}/nothing")
            assert_limited(refused, "default", 10)
            assert refused.headers["Retry-After"] == "1"
            clock.shift(timedelta(seconds=1))
            assert await ask(client) == [404]


async def test_an_ipv6_network_is_one_client(visit: Visit) -> None:
    async with (
        visit("2001:db8::1") as client,
        visit("2001:db8::ffff:2") as neighbour,
        visit("2001:db8:0:1::1") as other,
    ):
        assert await ask(client, 10) == [404] * 10
        assert await ask(neighbour) == [429]
        assert await ask(other) == [404]


@pytest.mark.parametrize("address", [None, "unknown"])
async def test_clients_without_an_address_do_not_share_a_budget(
    visit: Visit, address: str | None
) -> None:
    async with visit(address) as client:
        assert await ask(client, 11) == [404] * 11
        for _ in range(3):
            assert (await login(client, "ada@example.com")).status_code == 401


async def test_refusals_are_logged_once_a_minute(visit: Visit, logs: Logs) -> None:
    async with visit(ADDRESS) as client, visit(OTHER_ADDRESS) as other:
        with time_machine.travel(utc_now(), tick=False) as clock:
            await ask(client, 15)
            await ask(other, 15)
            clock.shift(timedelta(seconds=60))
            await ask(client, 15)
    events = [line for line in logs() if line["event"] == "rate_limited"]
    assert [event["client"] for event in events] == [ADDRESS, OTHER_ADDRESS, ADDRESS]
    assert {(event["logger"], event["limit"]) for event in events} == {
        ("app.audit", "default")
    }


async def test_settings_say_how_many_or_switch_all_limits_off(
    live_client: LiveClient,
) -> None:
    rates = {"rate_limit_default": "4/hour", "rate_limit_credentials": "1/day"}
    async with live_client(rate_limit_enabled=True, **rates) as client:
        assert await ask(client) == [404]
        assert (await client.post(f"{API}/auth/refresh")).status_code == 422
        refused = await client.post(f"{API}/auth/refresh")
        policy = '"/auth/refresh";q=1;w=86400'
        assert refused.headers["RateLimit-Policy"] == policy
        assert await ask(client, 2) == [404, 429]
    async with live_client(rate_limit_enabled=False, **rates) as client:
        assert await ask(client, 5) == [404] * 5
        for _ in range(2):
            assert (await client.post(f"{API}/auth/refresh")).status_code == 422


async def test_pages_of_other_origins_may_read_what_is_said_about_limits(
    live_client: LiveClient,
) -> None:
    page = "https://app.example.com"
    async with live_client(cors_origins=[page]) as client:
        answer = await client.get(f"{API}/nothing", headers={"Origin": page})
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= exposed
