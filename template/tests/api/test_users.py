"""The accounts of others, for administrators; one's own, for everybody."""

import pytest
from httpx2 import AsyncClient
from sqlalchemy import update

from app.core.database import Session
from app.domain.permission import Role
from app.models.user import User
from tests.clients import API, bearer, login, read_me, refresh, sign_in
from tests.harness import PASSWORD, MakeUser

Headers = dict[str, str]


async def test_admin_creates_reads_changes_and_deletes_a_user(
    client: AsyncClient, admin: Headers
) -> None:
    body = {"email": "Grace@Example.com", "full_name": "Grace Hopper"}
    created = await client.post(f"{API}/users", json=body, headers=admin)
    assert created.status_code == 201
    user = created.json()
    assert (user["roles"], user["email_verified"]) == (["user"], False)
    url = f"{API}/users/{user['id']}"
    assert (await client.get(url, headers=admin)).json() == user
    change = {"full_name": None, "roles": ["admin", "user"]}
    changed = (await client.patch(url, json=change, headers=admin)).json()
    assert (changed["full_name"], changed["roles"]) == (None, ["admin", "user"])
    assert changed["updated_at"] > user["updated_at"]
    assert (await client.delete(url, headers=admin)).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await client.request(method, url, headers=admin)).status_code == 404
    gone = await client.patch(url, json={}, headers=admin)
    assert (gone.status_code, gone.json()["type"]) == (404, "not_found")


async def test_created_user_signs_in_with_the_given_password(
    client: AsyncClient, admin: Headers
) -> None:
    body = {"email": "grace@example.com", "password": PASSWORD}
    assert (await client.post(f"{API}/users", json=body, headers=admin)).is_success
    assert (await login(client, "grace@example.com")).status_code == 200


async def test_taken_address_is_a_conflict_in_any_spelling(
    client: AsyncClient, admin: Headers, ada: Headers
) -> None:
    body = {"email": "ADA@EXAMPLE.com"}
    response = await client.post(f"{API}/users", json=body, headers=admin)
    assert (response.status_code, response.json()["type"]) == (409, "email_taken")


@pytest.mark.parametrize("value", [0, 1, "false", "yes"])
async def test_only_booleans_say_whether_a_user_is_active(
    client: AsyncClient, admin: Headers, make_user: MakeUser, value: object
) -> None:
    url = f"{API}/users/{(await make_user('grace@example.com')).id}"
    response = await client.patch(url, json={"is_active": value}, headers=admin)
    assert response.status_code == 422


async def test_disabled_and_deleted_users_are_out_at_once(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    user = await make_user("grace@example.com")
    tokens = await sign_in(client, user.email)
    url = f"{API}/users/{user.id}"
    await client.patch(url, json={"is_active": False}, headers=admin)
    assert (await read_me(client, tokens)).status_code == 401
    await client.patch(url, json={"is_active": True}, headers=admin)
    assert (await read_me(client, tokens)).status_code == 401
    tokens = await sign_in(client, user.email)
    assert (await read_me(client, tokens)).status_code == 200
    await client.delete(url, headers=admin)
    assert (await read_me(client, tokens)).status_code == 401


async def test_user_disabled_behind_the_services_back_is_out_too(
    client: AsyncClient, make_user: MakeUser, session: Session
) -> None:
    tokens = await sign_in(client, (await make_user()).email)
    await session.execute(update(User).values(is_active=False))
    await session.commit()
    assert (await read_me(client, tokens)).status_code == 401
    assert (await refresh(client, tokens)).status_code == 401


async def test_demotion_takes_effect_with_the_next_request(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    user = await make_user("grace@example.com", Role.ADMIN)
    grace = bearer(await sign_in(client, user.email))
    assert (await client.get(f"{API}/users", headers=grace)).status_code == 200
    await client.patch(f"{API}/users/{user.id}", json={"roles": []}, headers=admin)
    assert (await client.get(f"{API}/users", headers=grace)).status_code == 401
    grace = bearer(await sign_in(client, user.email))
    assert (await client.get(f"{API}/users", headers=grace)).status_code == 403


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ADA", ["ada@example.com"]),
        ("lovelace", ["ada@example.com"]),
        ("example", ["root@example.com", "ada@example.com"]),
    ],
)
async def test_search_looks_into_addresses_and_names(
    client: AsyncClient, admin: Headers, ada: Headers, text: str, found: list[str]
) -> None:
    change = {"full_name": "Ada Lovelace"}
    await client.patch(f"{API}/users/me", json=change, headers=ada)
    page = await client.get(f"{API}/users", params={"q": text}, headers=admin)
    assert [user["email"] for user in page.json()["items"]] == found
