"""What callers may not set, and what null means."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from tests.clients import API
from tests.harness import PASSWORD

Headers = dict[str, str]


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
