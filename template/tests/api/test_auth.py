from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient

from app.core.clock import utc_now
from tests.clients import API, bearer, login, read_me, refresh, register, sign_in
from tests.harness import PASSWORD, MakeUser


async def test_registered_user_signs_in_and_is_shown_to_themselves(
    client: AsyncClient,
) -> None:
    registered = await register(client, "Ada@Example.com")
    assert (registered.status_code, registered.json()) == (202, {"status": "accepted"})
    tokens = await sign_in(client, "ada@example.COM")
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 1800)
    me = (await read_me(client, tokens)).json()
    assert me["email"] == "Ada@Example.com"
    assert me["roles"] == ["user"]
    assert set(me) == {
        "id", "email", "full_name", "is_active", "email_verified", "roles",
        "created_at", "updated_at",
    }  # fmt: skip


async def test_registering_a_known_address_answers_the_same_and_changes_nothing(
    client: AsyncClient,
) -> None:
    first = await register(client, "ada@example.com")
    again = await register(client, "ADA@example.com", "another password")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (await login(client, "ada@example.com")).status_code == 200
    wrong = await login(client, "ada@example.com", "another password")
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    "password",
    ["1", "short", "password123", "PASSWORD123", "x" * 129, "0" * 8, "nul\0 inside it"],
)
async def test_weak_password_is_refused_and_not_echoed(
    client: AsyncClient, password: str
) -> None:
    response = await register(client, "ada@example.com", password)
    assert response.status_code == 422
    assert password == "1" or password not in response.text


async def test_logout_ends_the_session_at_once_and_can_be_repeated(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    tokens, other = await sign_in(client, user.email), await sign_in(client, user.email)
    for _ in range(2):
        response = await client.post(f"{API}/auth/logout", headers=bearer(tokens))
        assert response.status_code == 204
    assert (await read_me(client, tokens)).status_code == 401
    assert (await refresh(client, tokens)).status_code == 401
    assert (await read_me(client, other)).status_code == 200


async def test_logout_all_ends_every_session_but_not_with_an_ended_one(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    first, second = await sign_in(client, user.email), await sign_in(client, user.email)
    for _ in range(2):
        response = await client.post(f"{API}/auth/logout-all", headers=bearer(first))
        assert response.status_code == 204
    for tokens in (first, second):
        assert (await read_me(client, tokens)).status_code == 401
        assert (await refresh(client, tokens)).status_code == 401
    third = await sign_in(client, user.email)
    await client.post(f"{API}/auth/logout-all", headers=bearer(first))
    assert (await read_me(client, third)).status_code == 200


async def test_password_change_needs_the_current_one_and_ends_other_sessions(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    mine, other = await sign_in(client, user.email), await sign_in(client, user.email)
    url, new = f"{API}/users/me/password", "a much better one"
    wrong = {"current_password": "wrong", "new_password": new}
    refused = await client.post(url, json=wrong, headers=bearer(mine))
    assert (refused.status_code, refused.json()["type"]) == (403, "wrong_password")
    right = {"current_password": PASSWORD, "new_password": new}
    changed = await client.post(url, json=right, headers=bearer(mine))
    assert changed.status_code == 204
    assert (await read_me(client, mine)).status_code == 200
    assert (await read_me(client, other)).status_code == 401
    assert (await refresh(client, other)).status_code == 401
    assert (await login(client, user.email)).status_code == 401
    assert (await login(client, user.email, new)).status_code == 200


async def test_access_token_ends_after_half_an_hour(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    now = utc_now()
    with time_machine.travel(now, tick=False) as clock:
        tokens = await sign_in(client, user.email)
        clock.move_to(now + timedelta(minutes=29))
        assert (await read_me(client, tokens)).status_code == 200
        clock.move_to(now + timedelta(minutes=31))
        expired = await read_me(client, tokens)
    assert expired.status_code == 401
    assert 'error="invalid_token"' in expired.headers["WWW-Authenticate"]


async def test_swagger_style_login_form_is_understood(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    form = {
        "grant_type": "password",
        "username": user.email,
        "password": PASSWORD,
        "scope": "",
        "client_id": "",
        "client_secret": "",
    }
    assert (await client.post(f"{API}/auth/login", data=form)).status_code == 200
    form["surprise"] = "1"
    assert (await client.post(f"{API}/auth/login", data=form)).status_code == 422
