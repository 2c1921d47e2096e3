"""Who may manage whom, and that somebody always can."""

import asyncio
from collections import Counter

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import create_async_engine

from app.domain import permission
from app.domain.permission import Permission, Role
from app.models.user import User
from tests.clients import API, bearer, register, sign_in
from tests.harness import LiveClient, MakeUser

Headers = dict[str, str]
DEMOTION = {"roles": ["user"]}


@pytest.fixture
async def support(
    client: AsyncClient, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> Headers:
    """Somebody who manages users and has no other permission."""
    table = permission._PERMISSIONS  # noqa: SLF001 - a third role, for this test alone
    granted = frozenset({Permission.USERS_READ, Permission.USERS_WRITE})
    monkeypatch.setitem(table, Role.USER, granted)
    monkeypatch.setitem(table, Role.ADMIN, frozenset({*Permission, "everything"}))
    user = await make_user("support@example.com")
    return bearer(await sign_in(client, user.email))


async def test_nobody_grants_what_they_lack(
    client: AsyncClient, support: Headers, make_user: MakeUser
) -> None:
    body = {"email": "new@example.com", "roles": ["admin"]}
    created = await client.post(f"{API}/users", json=body, headers=support)
    user = await make_user("ada@example.com")
    url = f"{API}/users/{user.id}"
    change = {"roles": ["admin", "user"]}
    promoted = await client.patch(url, json=change, headers=support)
    assert (created.status_code, promoted.status_code) == (403, 403)
    rename = await client.patch(url, json={"full_name": "Ada"}, headers=support)
    assert rename.status_code == 200


@pytest.mark.parametrize(
    "action",
    [
        ("PATCH", "", {"is_active": False}),
        ("PATCH", "", DEMOTION),
        ("DELETE", "", None),
        ("DELETE", "/sessions", None),
    ],
    ids=str,
)
async def test_nobody_manages_who_may_do_more(
    client: AsyncClient,
    support: Headers,
    make_user: MakeUser,
    action: tuple[str, str, dict[str, object] | None],
) -> None:
    method, path, change = action
    root = await make_user("root@example.com", Role.ADMIN)
    url = f"{API}/users/{root.id}{path}"
    answer = await client.request(method, url, json=change, headers=support)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "change"),
    [("PATCH", {"is_active": False}), ("PATCH", DEMOTION), ("DELETE", None)],
    ids=str,
)
async def test_last_administrator_stays(
    client: AsyncClient,
    admin: Headers,
    make_user: MakeUser,
    method: str,
    change: dict[str, object] | None,
) -> None:
    disabled = await make_user("disabled@example.com", Role.ADMIN)
    await client.patch(
        f"{API}/users/{disabled.id}", json={"is_active": False}, headers=admin
    )
    me = (await client.get(f"{API}/users/me", headers=admin)).json()
    url = f"{API}/users/{me['id']}"
    refused = await client.request(method, url, json=change, headers=admin)
    assert (refused.status_code, refused.json()["type"]) == (409, "last_administrator")
    if method == "DELETE":
        own = await client.delete(f"{API}/users/me", headers=admin)
        assert own.status_code == 409
    await make_user("second@example.com", Role.ADMIN)
    assert (await client.request(method, url, json=change, headers=admin)).is_success


async def test_of_administrators_who_leave_at_once_one_stays(
    live_client: LiveClient, own_database: str
) -> None:
    emails = [f"root{number}@example.com" for number in range(4)]
    engine = create_async_engine(own_database)
    async with live_client() as client:
        for email in emails:
            await register(client, email)
        async with engine.begin() as connection:
            await connection.execute(update(User).values(roles=[Role.ADMIN]))
        headers = [bearer(await sign_in(client, email)) for email in emails]
        answers = await asyncio.gather(
            *(client.delete(f"{API}/users/me", headers=h) for h in headers)
        )
    async with engine.connect() as connection:
        left = (await connection.scalars(select(User.email))).all()
    await engine.dispose()
    assert Counter(a.status_code for a in answers) == {204: 3, 409: 1}
    assert len(left) == 1
