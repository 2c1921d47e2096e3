"""The accounts of others, for administrators; one's own, for everybody."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from app.domain.permission import Role
from tests.clients import API, bearer, login, read_me, sign_in
from tests.conftest import PASSWORD, MakeUser

Headers = dict[str, str]


@pytest.fixture
async def admin(client: AsyncClient, make_user: MakeUser) -> Headers:
    user = await make_user("root@example.com", Role.ADMIN)
    return bearer(await sign_in(client, user.email))


@pytest.fixture
async def ada(client: AsyncClient, make_user: MakeUser) -> Headers:
    user = await make_user("ada@example.com")
    return bearer(await sign_in(client, user.email))


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


async def test_disabled_and_deleted_users_are_out_at_once(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    user = await make_user("grace@example.com")
    tokens = await sign_in(client, user.email)
    url = f"{API}/users/{user.id}"
    await client.patch(url, json={"is_active": False}, headers=admin)
    assert (await read_me(client, tokens)).status_code == 401
    await client.patch(url, json={"is_active": True}, headers=admin)
    assert (await read_me(client, tokens)).status_code == 200
    await client.delete(url, headers=admin)
    assert (await read_me(client, tokens)).status_code == 401


async def test_demotion_takes_effect_with_the_next_request(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    user = await make_user("grace@example.com", Role.ADMIN)
    grace = bearer(await sign_in(client, user.email))
    assert (await client.get(f"{API}/users", headers=grace)).status_code == 200
    await client.patch(f"{API}/users/{user.id}", json={"roles": []}, headers=admin)
    assert (await client.get(f"{API}/users", headers=grace)).status_code == 403


async def test_pages_partition_the_users_oldest_first(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    for number in range(6):
        await make_user(f"user{number}@example.com")
    seen, params = [], {"limit": "3"}
    while True:
        page = (await client.get(f"{API}/users", params=params, headers=admin)).json()
        assert len(page["items"]) <= 3
        seen += [user["email"] for user in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    expected = [f"user{number}@example.com" for number in range(6)]
    assert seen == ["root@example.com", *expected]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ADA", ["ada@example.com"]),
        ("lovelace", ["ada@example.com"]),
        ("%", []),
        ("_", []),
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


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "101"},
        {"limit": "1e3"},
        {"limit": "100000000000000000000"},
        {"cursor": "x"},
        {"q": ""},
        {"q": "nul\0"},
    ],
    ids=str,
)
async def test_bad_page_parameters_are_refused(
    client: AsyncClient, admin: Headers, params: dict[str, str]
) -> None:
    response = await client.get(f"{API}/users", params=params, headers=admin)
    assert response.status_code == 422


async def test_users_change_their_name_and_delete_themselves(
    client: AsyncClient, ada: Headers
) -> None:
    change = {"full_name": "Ada"}
    changed = await client.patch(f"{API}/users/me", json=change, headers=ada)
    assert changed.json()["full_name"] == "Ada"
    unchanged = await client.patch(f"{API}/users/me", json={}, headers=ada)
    assert unchanged.json()["full_name"] == "Ada"
    cleared = await client.patch(
        f"{API}/users/me", json={"full_name": None}, headers=ada
    )
    assert cleared.json()["full_name"] is None
    assert (await client.delete(f"{API}/users/me", headers=ada)).status_code == 204
    assert (await login(client, "ada@example.com")).status_code == 401


@pytest.mark.parametrize("field", ["is_active", "roles"])
async def test_null_is_not_absent(
    client: AsyncClient, admin: Headers, ada: Headers, field: str
) -> None:
    user_id = (await client.get(f"{API}/users/me", headers=ada)).json()["id"]
    response = await client.patch(
        f"{API}/users/{user_id}", json={field: None}, headers=admin
    )
    assert response.status_code == 422


SERVER_SIDE = {
    "id": str(uuid4()),
    "is_active": True,
    "is_superuser": True,
    "email_verified": True,
    "roles": ["admin"],
    "password_hash": "x",
    "created_at": "2026-01-01T00:00:00Z",
    "surprise": 1,
}


@pytest.mark.parametrize("field", SERVER_SIDE)
async def test_fields_that_are_not_the_callers_are_refused(
    client: AsyncClient, admin: Headers, ada: Headers, field: str
) -> None:
    extra = {field: SERVER_SIDE[field]}
    account = {"email": "new@example.com", "password": PASSWORD}
    change = {"current_password": PASSWORD, "new_password": "a much better one"}
    user_id = (await client.get(f"{API}/users/me", headers=ada)).json()["id"]
    calls = [
        ("POST", "/auth/register", account, ada),
        ("POST", "/auth/refresh", {"refresh_token": "x"}, ada),
        ("PATCH", "/users/me", {}, ada),
        ("POST", "/users/me/password", change, ada),
    ]
    if field != "roles":
        calls.append(("POST", "/users", account, admin))
    if field not in {"roles", "is_active"}:
        calls.append(("PATCH", f"/users/{user_id}", {}, admin))
    for method, path, body, headers in calls:
        response = await client.request(
            method, f"{API}{path}", json=body | extra, headers=headers
        )
        assert response.status_code == 422, path
        assert response.json()["details"][0]["type"] == "extra_forbidden"
