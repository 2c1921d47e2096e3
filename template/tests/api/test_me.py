"""One's own account."""

from httpx2 import AsyncClient

from tests.clients import API, login

Headers = dict[str, str]


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
