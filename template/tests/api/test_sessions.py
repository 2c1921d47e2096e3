"""Where users are signed in, and how that ends."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.domain.permission import Role
from tests.clients import API, bearer, read_me, refresh, sign_in
from tests.harness import MakeUser, Visit

Headers = dict[str, str]
URL = f"{API}/auth/sessions"


async def listed(client: AsyncClient, headers: Headers) -> list[dict[str, Any]]:
    response = await client.get(URL, headers=headers)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_own_sessions_are_listed_with_device_address_and_last_use(
    client: AsyncClient, make_user: MakeUser, admin: Headers
) -> None:
    user = await make_user()
    client.headers["User-Agent"] = "first device"
    first = await sign_in(client, user.email)
    client.headers["User-Agent"] = "second\x1b device" + "!" * 300
    second = await sign_in(client, user.email)
    sessions = await listed(client, bearer(second))
    assert [session["current"] for session in sessions] == [False, True]
    assert sessions[0]["user_agent"] == "first device"
    assert sessions[1]["user_agent"].startswith("second device!")
    assert len(sessions[1]["user_agent"]) == 200
    assert {session["ip"] for session in sessions} == {"127.0.0.1"}
    used = sessions[0]["last_used_at"]
    await refresh(client, first)
    refreshed = await listed(client, bearer(first))
    assert refreshed[0]["last_used_at"] > used


async def test_one_session_is_ended_at_once_and_is_not_listed_any_more(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    mine, lost = await sign_in(client, user.email), await sign_in(client, user.email)
    (_, other) = await listed(client, bearer(mine))
    url = f"{URL}/{other['id']}"
    assert (await client.delete(url, headers=bearer(mine))).status_code == 204
    assert (await read_me(client, lost)).status_code == 401
    assert (await refresh(client, lost)).status_code == 401
    assert len(await listed(client, bearer(mine))) == 1
    assert (await client.delete(url, headers=bearer(mine))).status_code == 404


async def test_sessions_of_others_do_not_exist(
    client: AsyncClient, ada: Headers, admin: Headers
) -> None:
    (session,) = await listed(client, ada)
    url = f"{URL}/{session['id']}"
    assert (await client.delete(url, headers=admin)).status_code == 404
    assert len(await listed(client, ada)) == 1


@pytest.mark.parametrize(
    "action",
    [
        ("PATCH", "", {"is_active": False}),
        ("PATCH", "", {"roles": ["user"]}),
        ("DELETE", "/sessions", None),
        ("DELETE", "", None),
    ],
    ids=["disabled", "role lost", "signed out", "deleted"],
)
async def test_what_an_administrator_does_ends_every_session(
    client: AsyncClient,
    admin: Headers,
    make_user: MakeUser,
    action: tuple[str, str, dict[str, object] | None],
) -> None:
    method, path, change = action
    user = await make_user("grace@example.com", Role.ADMIN)
    pairs = [await sign_in(client, user.email) for _ in range(2)]
    url = f"{API}/users/{user.id}{path}"
    answer = await client.request(method, url, json=change, headers=admin)
    assert answer.is_success
    if change == {"is_active": False}:
        await client.patch(url, json={"is_active": True}, headers=admin)
    for tokens in pairs:
        assert (await read_me(client, tokens)).status_code == 401
        assert (await refresh(client, tokens)).status_code == 401


async def test_a_role_more_ends_no_session(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    user = await make_user("grace@example.com")
    tokens = await sign_in(client, user.email)
    change = {"roles": ["user", "admin"]}
    url = f"{API}/users/{user.id}"
    assert (await client.patch(url, json=change, headers=admin)).is_success
    assert (await client.get(url, headers=bearer(tokens))).status_code == 200


@pytest.mark.parametrize(
    ("peer", "shown"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1%eth0" + "0" * 60, "2001:db8::1"),
        ("a" * 300, None),
        (None, None),
    ],
)
async def test_only_an_address_is_kept_as_one(
    visit: Visit, make_user: MakeUser, peer: str | None, shown: str | None
) -> None:
    user = await make_user()
    async with visit(peer) as client:
        tokens = await sign_in(client, user.email)
        (session,) = await listed(client, bearer(tokens))
    assert session["ip"] == shown
