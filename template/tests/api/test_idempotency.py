"""A POST with an Idempotency-Key takes effect once, however often it is sent."""

from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient, Response
from sqlalchemy import func, select

from app.core.clock import utc_now
from app.core.database import Session
from app.domain.permission import Role
from app.models.base import Base
from app.models.idempotency import IdempotencyKey
from app.models.user import User
from tests.clients import API, NEW_PASSWORD, bearer, sign_in
from tests.harness import PASSWORD, MakeUser

Headers = dict[str, str]

USERS = f"{API}/users"
GRACE = {"email": "grace@example.com", "full_name": "Grace"}
CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}


def keyed(headers: Headers, key: str = "key-1") -> Headers:
    return headers | {"Idempotency-Key": key}


def is_replay(response: Response) -> bool:
    return response.headers.get("Idempotency-Replayed") == "true"


async def create(
    client: AsyncClient, headers: Headers, body: dict[str, str] = GRACE, query: str = ""
) -> Response:
    return await client.post(f"{USERS}{query}", json=body, headers=headers)


async def count(session: Session, model: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_the_same_request_gets_the_same_answer(
    client: AsyncClient, admin: Headers, session: Session
) -> None:
    first = await create(client, keyed(admin))
    second = await create(client, keyed(admin))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert first.headers[name] == second.headers[name]
    assert (is_replay(first), is_replay(second)) == (False, True)
    assert await count(session, User) == 2
    url = f"{USERS}/{first.json()['id']}"
    assert (await client.delete(url, headers=admin)).status_code == 204
    assert (await create(client, keyed(admin))).content == first.content
    assert await count(session, User) == 1


async def test_a_key_is_not_for_another_request(
    client: AsyncClient, admin: Headers, session: Session
) -> None:
    await create(client, keyed(admin))
    for body, query in (
        (GRACE | {"full_name": "Hopper"}, ""),
        (GRACE, "?dry=1"),
        ({"surprise": "1"}, ""),
    ):
        refused = await create(client, keyed(admin), body, query)
        assert (refused.status_code, refused.json()["type"]) == (
            422,
            "idempotency_key_reused",
        )
    assert await count(session, User) == 2


async def test_users_routes_and_keys_are_independent(
    client: AsyncClient, admin: Headers, make_user: MakeUser, session: Session
) -> None:
    other = await make_user("other@example.com", Role.ADMIN)
    others = bearer(await sign_in(client, other.email))
    answers = [
        await create(client, keyed(admin)),
        await create(client, keyed(others), GRACE | {"email": "two@example.com"}),
        await create(
            client, keyed(admin, "key-2"), GRACE | {"email": "three@example.com"}
        ),
        await client.post(f"{USERS}/me/password", json=CHANGE, headers=keyed(admin)),
    ]
    assert [a.status_code for a in answers] == [201, 201, 201, 204]
    assert not any(map(is_replay, answers))
    assert await count(session, IdempotencyKey) == 4
    again = await client.post(f"{USERS}/me/password", json=CHANGE, headers=keyed(admin))
    assert (again.status_code, again.content, is_replay(again)) == (204, b"", True)


async def test_nothing_is_kept_without_a_key_or_of_an_error(
    client: AsyncClient, admin: Headers, ada: Headers, session: Session
) -> None:
    body = GRACE | {"email": "ada@example.com"}
    assert (await create(client, keyed(admin), body)).status_code == 409
    assert (await create(client, keyed(ada), body)).status_code == 403
    await client.delete(f"{USERS}/me", headers=ada)
    made = await create(client, admin, GRACE)
    assert made.status_code == 201
    assert await count(session, IdempotencyKey) == 0
    retried = await create(client, keyed(admin), body)
    assert (retried.status_code, is_replay(retried)) == (201, False)


async def test_a_key_may_be_used_anew_a_day_later(
    client: AsyncClient, admin: Headers, session: Session
) -> None:
    first = await create(client, keyed(admin))
    for hours, replayed in ((23, True), (25, False)):
        with time_machine.travel(utc_now() + timedelta(hours=hours), tick=False):
            later = bearer(await sign_in(client, "root@example.com"))
            if not replayed:
                url = f"{USERS}/{first.json()['id']}"
                await client.delete(url, headers=later)
            answer = await create(client, keyed(later))
        assert (answer.status_code, is_replay(answer)) == (201, replayed)
    assert answer.json()["id"] != first.json()["id"]
    assert await count(session, IdempotencyKey) == 1


async def test_who_may_not_any_more_is_not_answered(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> None:
    other = await make_user("other@example.com", Role.ADMIN)
    others = bearer(await sign_in(client, other.email))
    assert (await create(client, keyed(others))).status_code == 201
    await client.patch(f"{USERS}/{other.id}", json={"roles": ["user"]}, headers=admin)
    assert (await create(client, keyed(others))).status_code == 401
    others = bearer(await sign_in(client, other.email))
    assert (await create(client, keyed(others))).status_code == 403


@pytest.mark.parametrize("key", ["", "k" * 256, "a b", "\u00e4", "a\tb"])
async def test_odd_keys_are_refused(
    client: AsyncClient, admin: Headers, session: Session, key: str
) -> None:
    headers = {
        name.encode(): value.encode() for name, value in keyed(admin, key).items()
    }
    response = await client.post(USERS, json=GRACE, headers=headers)
    assert response.status_code == 422
    assert await count(session, User) == 1


async def test_keys_go_with_their_user(
    client: AsyncClient, admin: Headers, make_user: MakeUser, session: Session
) -> None:
    user = await make_user("other@example.com", Role.ADMIN)
    others = bearer(await sign_in(client, user.email))
    await create(client, keyed(others))
    assert await count(session, IdempotencyKey) == 1
    await client.delete(f"{USERS}/{user.id}", headers=admin)
    assert await count(session, IdempotencyKey) == 0
