"""How often one may try out a password, a token or an address."""

import pytest
import time_machine
from httpx2 import AsyncClient

from app.api.limits import ALL_SIGN_INS
from app.core.clock import utc_now
from app.core.rate_limit import RateLimiter
from tests.clients import API, assert_limited, login
from tests.harness import MakeUser, Visit
from tests.tables import rows

ADDRESS = "192.0.2.7"
OTHER_ADDRESS = "192.0.2.8"

# What takes a password, a token or an address.
LIMITED = [
    "/auth/register",
    "/auth/login",
    "/auth/refresh",
    "/auth/password/forgot",
    "/auth/password/reset",
    "/auth/verify-email",
    "/auth/verify-email/resend",
    "/users/me/password",
    # yours
]
for more in rows("LIMITED"):
    LIMITED += more


@pytest.mark.parametrize("route", LIMITED)
async def test_each_route_that_takes_a_credential_has_its_own_budget(
    visit: Visit, route: str
) -> None:
    another = LIMITED[LIMITED.index(route) - 1]
    async with visit(ADDRESS) as client, visit(OTHER_ADDRESS) as other:
        for _ in range(2):
            assert (await client.post(API + route)).status_code in {401, 422}
        assert_limited(await client.post(API + route), route, 2)
        assert (await client.post(API + another)).status_code in {401, 422}
        assert (await other.post(API + route)).status_code in {401, 422}


async def test_every_public_route_that_takes_something_is_among_them(
    client: AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    public = {
        path.removeprefix(API)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "get" and "security" not in operation
    }
    assert public <= set(LIMITED), "each of them stands in LIMITED"


async def test_refusal_does_not_tell_whether_there_is_an_account(
    visit: Visit, make_user: MakeUser
) -> None:
    await make_user("ada@example.com")
    answers = []
    for email, address in (
        ("ada@example.com", ADDRESS),
        ("bob@example.com", OTHER_ADDRESS),
    ):
        async with visit(address) as client:
            with time_machine.travel(utc_now().replace(microsecond=0), tick=False):
                for _ in range(2):
                    assert (await login(client, email, "wrong")).status_code == 401
                refused = await login(client, email, "wrong")
        assert_limited(refused, "/auth/login", 2)
        del refused.headers["X-Request-ID"]
        answers.append((refused.headers, refused.json() | {"request_id": ""}))
    assert answers[0] == answers[1]


async def test_sign_ins_of_all_clients_together_are_limited(
    visit: Visit, limiter: RateLimiter
) -> None:
    async with visit(ADDRESS) as client, visit(None) as unknown:
        for _ in range(ALL_SIGN_INS.amount - 1):
            await limiter.hit(ALL_SIGN_INS, "sign-ins", "everybody")
        assert (await login(client, "ada@example.com")).status_code == 401
        for anyone in (client, unknown):
            refused = await login(anyone, "ada@example.com")
            assert_limited(refused, "sign-ins", 1000)
        assert (await client.post(f"{API}/auth/refresh")).status_code == 422
