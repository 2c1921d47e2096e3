"""Whatever is kept, everybody sees what is their own, as it is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from httpx2 import AsyncClient, Response
from redis import Redis
from sqlalchemy import update

from app.models.user import User
from tests.clients import API, NEW_PASSWORD, bearer, read_me, sign_in
from tests.harness import PASSWORD
from tests.redis.conftest import Serve, Service, add_users

Write = Callable[[AsyncClient, dict[str, str], str], Awaitable[Response]]


async def test_the_current_user_is_kept_and_crosses_nobody(service: Service) -> None:
    ada = await sign_in(service.client, "ada@example.com")
    bob = await sign_in(service.client, "bob@example.com")
    for _ in range(3):
        for tokens, email in ((ada, "ada@example.com"), (bob, "bob@example.com")):
            assert (await read_me(service.client, tokens)).json()["email"] == email
    assert service.cache.counts["session", "hit"] == 4
    assert service.cache.counts["session", "miss"] == 2


async def test_a_page_is_kept_until_an_account_changes(service: Service) -> None:
    headers = bearer(await sign_in(service.client, "ada@example.com"))
    pages = [await service.client.get(f"{API}/users", headers=headers) for _ in "12"]
    assert pages[0].json() == pages[1].json()
    assert service.cache.counts["query", "hit"] == 1
    body = {"email": "carl@example.com"}
    await service.client.post(f"{API}/users", json=body, headers=headers)
    after = await service.client.get(f"{API}/users", headers=headers)
    assert [each["email"] for each in after.json()["items"]][-1] == "carl@example.com"


async def rename(client: AsyncClient, headers: dict[str, str], _: str) -> Response:
    body = {"full_name": "Ada"}
    return await client.patch(f"{API}/users/me", json=body, headers=headers)


async def promote(client: AsyncClient, headers: dict[str, str], id_: str) -> Response:
    body = {"roles": ["user", "admin"]}
    return await client.patch(f"{API}/users/{id_}", json=body, headers=headers)


async def change_password(
    client: AsyncClient, headers: dict[str, str], _: str
) -> Response:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return await client.post(f"{API}/users/me/password", json=body, headers=headers)


@pytest.mark.parametrize("write", [rename, promote, change_password])
async def test_who_writes_sees_it_at_once(service: Service, write: Write) -> None:
    tokens = await sign_in(service.client, "ada@example.com")
    before = (await read_me(service.client, tokens)).json()
    response = await write(service.client, bearer(tokens), before["id"])
    assert response.is_success
    seen = (await read_me(service.client, tokens)).json()
    assert seen["updated_at"] > before["updated_at"]
    assert service.cache.counts["session", "hit"] == 0


async def log_out(client: AsyncClient, headers: dict[str, str], _: str) -> Response:
    return await client.post(f"{API}/auth/logout", headers=headers)


async def log_out_all(client: AsyncClient, headers: dict[str, str], _: str) -> Response:
    return await client.post(f"{API}/auth/logout-all", headers=headers)


async def end_sessions(
    client: AsyncClient, headers: dict[str, str], id_: str
) -> Response:
    return await client.delete(f"{API}/users/{id_}/sessions", headers=headers)


async def disable(client: AsyncClient, headers: dict[str, str], id_: str) -> Response:
    body = {"is_active": False}
    return await client.patch(f"{API}/users/{id_}", json=body, headers=headers)


async def delete(client: AsyncClient, headers: dict[str, str], _: str) -> Response:
    return await client.delete(f"{API}/users/me", headers=headers)


@pytest.mark.parametrize("end", [log_out, log_out_all, end_sessions, disable, delete])
@pytest.mark.parametrize("flushed", [False, True])
async def test_who_is_signed_out_stays_so_flushed_or_not(
    service: Service, redis: Redis, end: Write, flushed: bool
) -> None:
    tokens = await sign_in(service.client, "ada@example.com")
    user_id = (await read_me(service.client, tokens)).json()["id"]
    assert (await end(service.client, bearer(tokens), user_id)).is_success
    if flushed:
        redis.flushdb()
    for _ in range(2):
        assert (await read_me(service.client, tokens)).status_code == 401


async def rename_to(
    client: AsyncClient, headers: dict[str, str], body: dict[str, str]
) -> int:
    response = await client.patch(f"{API}/users/me", json=body, headers=headers)
    assert response.status_code in {200, 503}
    return response.status_code


async def test_own_writes_are_seen_while_others_read_and_write(
    serve: Serve, own_database: str
) -> None:
    async with serve() as one, serve() as other:
        await add_users(one, own_database)
        admin = bearer(await sign_in(one.client, "ada@example.com"))
        reading = True

        async def read(client: AsyncClient, headers: dict[str, str]) -> None:
            while reading:
                assert (
                    await client.get(f"{API}/users/me", headers=headers)
                ).status_code == 200

        async def write(client: AsyncClient, headers: dict[str, str]) -> None:
            for number in range(4):
                body = {"full_name": f"Number {number}"}
                while (await rename_to(client, headers, body)) == 503:
                    pass  # Where one write is made at a time, nobody waits for ever.
                seen = await other.client.get(f"{API}/users/me", headers=headers)
                assert seen.json()["full_name"] == body["full_name"]

        people = []
        for number in range(6):
            body = {"email": f"{number}@example.com", "password": PASSWORD}
            await one.client.post(f"{API}/users", json=body, headers=admin)
            people.append(bearer(await sign_in(one.client, body["email"])))
        readers = [
            asyncio.create_task(read(service.client, headers))
            for headers in people
            for service in (one, other)
        ]
        await asyncio.gather(*(write(one.client, headers) for headers in people))
        reading = False
        await asyncio.gather(*readers)
        assert one.cache.counts["session", "hit"] > 0
        assert other.cache.counts["session", "hit"] > 0


async def test_what_was_not_committed_makes_nothing_void(service: Service) -> None:
    tokens = await sign_in(service.client, "ada@example.com")
    await read_me(service.client, tokens)
    headers = bearer(tokens) | {"If-Match": '"0"'}
    body = {"full_name": "Nobody"}
    response = await service.client.patch(f"{API}/users/me", json=body, headers=headers)
    assert response.status_code == 412
    await read_me(service.client, tokens)
    assert service.cache.counts["session", "hit"] == 1


async def test_who_writes_is_looked_up_in_the_database(service: Service) -> None:
    tokens = await sign_in(service.client, "ada@example.com")
    await read_me(service.client, tokens)
    async with service.resources.session_factory() as session:
        await session.execute(update(User).values(is_active=False))
        await session.commit()
    assert (await read_me(service.client, tokens)).status_code == 200
    response = await rename(service.client, bearer(tokens), "")
    assert response.status_code == 401
