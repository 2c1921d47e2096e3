"""Entity tags, and changes that are made only to what the caller has seen."""

import asyncio

import pytest
from httpx2 import AsyncClient, Response

from app.models.user import User
from app.repositories.user import UserRepository
from app.services.user import UserService
from tests.clients import API, NEW_PASSWORD, bearer, login, register, sign_in
from tests.harness import PASSWORD, LiveClient, MakeUser, promote

Headers = dict[str, str]

ME = f"{API}/users/me"
METHODS = {"GET": None, "PATCH": {"full_name": "Ada"}, "DELETE": None}


async def tag(client: AsyncClient, headers: Headers, url: str = ME) -> str:
    return (await client.get(url, headers=headers)).headers["ETag"]


async def rename(
    client: AsyncClient, headers: Headers, name: str, url: str = ME
) -> Response:
    return await client.patch(url, json={"full_name": name}, headers=headers)


async def test_the_tag_is_another_after_each_change_and_only_then(
    client: AsyncClient, admin: Headers
) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD}
    created = await client.post(f"{API}/users", json=body, headers=admin)
    url = f"{API}/users/{created.json()['id']}"
    ada = bearer(await sign_in(client, "ada@example.com"))
    seen = [created.headers["ETag"]]
    assert await tag(client, ada) == await tag(client, admin, url) == seen[0]
    await client.patch(url, json={}, headers=admin)
    await client.delete(f"{url}/sessions", headers=admin)
    await login(client, "ada@example.com")
    assert await tag(client, admin, url) == seen[0]
    ada = bearer(await sign_in(client, "ada@example.com"))
    changes = [{"full_name": "Ada"}, {"roles": list[str]()}, {"roles": ["user"]}]
    for change in changes:
        response = await client.patch(url, json=change, headers=admin)
        assert response.headers["ETag"] == await tag(client, admin, url)
        seen.append(response.headers["ETag"])
    ada = bearer(await sign_in(client, "ada@example.com"))
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await client.post(f"{ME}/password", json=body, headers=ada)).is_success
    seen.append(await tag(client, admin, url))
    assert len(set(seen)) == 5


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ('"1"', 200),
        ("*", 200),
        ('"0", "1"', 200),
        (', "1",W/"2",', 200),
        ('"2"', 412),
        ('W/"1"', 412),
        ('"*"', 412),
        ("1", 412),
        ('"1', 412),
        ('a "1"', 412),
        ('"1" "2"', 412),
        ('w/"1"', 412),
        ('*, "1"', 412),
        (",", 412),
        ("", 412),
        (f'"{"1" * 1000}"', 422),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_if_match_is_read_as_the_standard_says(
    client: AsyncClient, ada: Headers, method: str, if_match: str, status: int
) -> None:
    response = await client.request(
        method, ME, json=METHODS[method], headers=ada | {"If-Match": if_match}
    )
    assert response.status_code == status


@pytest.mark.parametrize("method", METHODS)
async def test_nothing_happens_to_what_the_caller_has_not_seen(
    client: AsyncClient, admin: Headers, ada: Headers, method: str
) -> None:
    old = await tag(client, ada)
    mine = (await rename(client, ada, "Augusta")).json()
    for url, headers in ((ME, ada), (f"{API}/users/{mine['id']}", admin)):
        refused = await client.request(
            method, url, json=METHODS[method], headers=headers | {"If-Match": old}
        )
        assert refused.status_code == 412
        assert refused.json()["type"] == "precondition_failed"
        assert (await client.get(url, headers=headers)).json() == mine
        new = {"If-Match": await tag(client, headers, url)}
        if url != ME:
            done = await client.request(
                method, url, json=METHODS[method], headers=headers | new
            )
            assert done.is_success


@pytest.mark.parametrize("method", METHODS)
async def test_a_tag_tells_strangers_nothing(
    client: AsyncClient, admin: Headers, ada: Headers, make_user: MakeUser, method: str
) -> None:
    grace = (await make_user("grace@example.com")).id
    nobody = "00000000-0000-7000-8000-000000000000"
    for headers, user_id, status in (
        ({}, grace, 401),
        (ada, grace, 403),
        (ada, nobody, 403),
        (admin, nobody, 404),
    ):
        url = f"{API}/users/{user_id}"
        for if_match in ('"1"', '"999"'):
            response = await client.request(
                method,
                url,
                json=METHODS[method],
                headers=headers | {"If-Match": if_match},
            )
            assert response.status_code == status


async def test_other_reasons_to_refuse_come_first(
    client: AsyncClient, admin: Headers
) -> None:
    headers = admin | {"If-Match": '"999"'}
    refused = await client.delete(ME, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (409, "last_administrator")


@pytest.mark.parametrize("conditional", [True, False])
async def test_of_changes_at_once_none_is_lost(
    live_client: LiveClient, *, conditional: bool
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        ada = bearer(await sign_in(client, "ada@example.com"))
        for turn in range(3):
            before = await tag(client, ada)
            seen = ada | ({"If-Match": before} if conditional else {})
            names = [f"Ada {turn}.{number}" for number in range(4)]
            answers = await asyncio.gather(*(rename(client, seen, n) for n in names))
            assert {a.status_code for a in answers} <= {200, 409, 412}
            made = [a for a in answers if a.status_code == 200]
            assert len(made) == 1 if conditional else made
            after = await client.get(ME, headers=ada)
            assert after.headers["ETag"] == f'"{int(before[1:-1]) + len(made)}"'
            assert after.json() in [a.json() for a in made]


async def test_a_change_amid_the_disabling_of_its_user_is_noticed(
    live_client: LiveClient, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live_client() as client:
        for email in ("root@example.com", "ada@example.com"):
            await register(client, email)
        await promote(own_database)
        root = bearer(await sign_in(client, "root@example.com"))
        ada = bearer(await sign_in(client, "ada@example.com"))
        url = f"{API}/users/{(await client.get(ME, headers=ada)).json()['id']}"
        seen = root | {"If-Match": await tag(client, root, url)}
        hold = UserRepository.hold_administrators

        async def rename_before(self: UserRepository) -> None:
            monkeypatch.undo()
            assert (await rename(client, ada, "Ada")).status_code == 200
            await hold(self)

        monkeypatch.setattr(UserRepository, "hold_administrators", rename_before)
        refused = await client.patch(url, json={"is_active": False}, headers=seen)
        assert refused.status_code == 412


async def test_a_change_amid_the_deletion_of_its_user_comes_too_late(
    live_client: LiveClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        ada = bearer(await sign_in(client, "ada@example.com"))
        keep = UserService._keep_an_administrator  # noqa: SLF001 - between read and write
        late: list[asyncio.Task[Response]] = []

        async def rename_meanwhile(self: UserService, leaving: User) -> None:
            monkeypatch.undo()
            late.append(asyncio.create_task(rename(client, ada, "Ada")))
            await asyncio.wait(late, timeout=0.2)
            await keep(self, leaving)

        monkeypatch.setattr(UserService, "_keep_an_administrator", rename_meanwhile)
        seen = ada | {"If-Match": await tag(client, ada)}
        assert (await client.delete(ME, headers=seen)).status_code == 204
        assert (await late[0]).status_code in {401, 409}
