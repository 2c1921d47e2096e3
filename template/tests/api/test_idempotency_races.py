"""Idempotency keys where commits are real: many at once, failures, another secret."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

import pytest
from fastapi import APIRouter, Form
from httpx2 import AsyncClient, Response
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session as SyncSession

from app.api.access import requires
from app.api.dependencies import SessionDep
from app.api.idempotency import IdempotentRoute
from app.application import create_app
from app.core.database import Session
from app.core.extension import Extension
from app.domain.events import Event, PasswordChanged, UserCreated
from app.domain.permission import Permission
from app.models.base import Base
from app.models.idempotency import IdempotencyKey
from app.models.user import User
from tests.clients import API, NEW_PASSWORD, bearer, register, sign_in
from tests.harness import (
    PASSWORD,
    LiveClient,
    make_client,
    make_settings,
    promote,
    run_app,
    with_resources,
)

router = APIRouter(
    dependencies=[requires(Permission.ACCOUNT)], route_class=IdempotentRoute
)

GRACE = {"email": "grace@example.com", "password": PASSWORD}
CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}


@router.post("/notes")
async def add_note(session: SessionDep, text: Annotated[str, Form()]) -> str:
    """Write a row that no index makes unique, read from a form."""
    email = f"{text}-{uuid4().hex}@example.com"
    session.add(User(email=email, email_canonical=email, roles=[]))
    return email


@dataclass
class Service:
    """A running service with that route, whose client is an administrator with a key."""

    client: AsyncClient
    session: Session
    events: list[Event]

    async def post(self, path: str, **content: Any) -> Response:
        return await self.client.post(f"{API}{path}", **content)

    async def post_often(self, times: int, path: str, **content: Any) -> list[Response]:
        return await asyncio.gather(*(self.post(path, **content) for _ in range(times)))

    async def count(self, model: type[Base]) -> int:
        return await self.session.scalar(select(func.count()).select_from(model)) or 0

    def heard(self, kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in self.events)


async def sign_in_with_key(client: AsyncClient, database: str) -> None:
    await register(client, "root@example.com")
    await promote(database)
    client.headers |= bearer(await sign_in(client, "root@example.com"))
    client.headers["Idempotency-Key"] = "key-1"


@pytest.fixture
async def service(own_database: str) -> AsyncIterator[Service]:
    events: list[Event] = []

    async def hear(event: Event) -> None:
        events.append(event)

    extension = Extension(name="notes", router=router, event_handlers=[hear])
    app = create_app(make_settings(own_database), [extension])
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
        resources.session_factory() as session,
    ):
        await sign_in_with_key(client, own_database)
        yield Service(client, session, events)


def check_alike(answers: list[Response], status: int) -> None:
    """One of `answers` is the genuine one, the others repeat it."""
    assert {(a.status_code, a.content) for a in answers} == {
        (status, answers[0].content)
    }
    replayed = Counter("Idempotency-Replayed" in answer.headers for answer in answers)
    assert replayed[False] == 1


async def test_of_the_same_creations_at_once_one_takes_effect(
    service: Service,
) -> None:
    answers = await service.post_often(30, "/users", json=GRACE)
    check_alike(answers, 201)
    assert await service.count(User) == 2
    assert await service.count(IdempotencyKey) == 1
    different = await service.post("/users", json=GRACE | {"roles": []})
    assert different.status_code == 422
    # What the losers did is undone, and so are the events that they recorded.
    assert service.heard(UserCreated) == 1


async def test_of_the_same_password_changes_at_once_one_takes_effect(
    service: Service,
) -> None:
    answers = await service.post_often(5, "/users/me/password", json=CHANGE)
    check_alike(answers, 204)
    assert service.heard(PasswordChanged) == 1


async def test_the_unique_index_of_the_keys_decides_where_no_other_does(
    service: Service,
) -> None:
    answers = await service.post_often(20, "/notes", data={"text": "note"})
    check_alike(answers, 200)
    assert await service.count(User) == 2
    other = await service.post("/notes", data={"text": "other"})
    assert other.status_code == 422


async def test_a_conflict_with_somebody_else_stays_one(service: Service) -> None:
    del service.client.headers["Idempotency-Key"]
    assert (await service.post("/users", json=GRACE)).status_code == 201
    service.client.headers["Idempotency-Key"] = "key-1"
    answers = await service.post_often(3, "/users", json=GRACE)
    assert {a.json()["type"] for a in answers} == {"email_taken"}
    assert await service.count(IdempotencyKey) == 0


async def test_an_answer_is_kept_only_with_the_write(service: Service) -> None:
    def refuse(session: SyncSession) -> None:
        if session.scalar(select(func.count()).select_from(IdempotencyKey)):
            message = "the disk is full"
            raise RuntimeError(message)

    event.listen(SyncSession, "before_commit", refuse)
    try:
        failed = await service.post("/notes", data={"text": "note"})
    finally:
        event.remove(SyncSession, "before_commit", refuse)
    assert failed.status_code == 500
    assert await service.count(IdempotencyKey) == 0
    retried = await service.post("/notes", data={"text": "note"})
    check_alike([retried], 200)
    assert await service.count(User) == 2


async def test_requests_are_recognised_after_the_secret_key_was_replaced(
    live_client: LiveClient, own_database: str
) -> None:
    url = f"{API}/users"
    old = "the-old-secret-key-0123456789-abcdef"
    new = "the-new-secret-key-0123456789-ab"
    async with live_client(secret_key=old) as client:
        await sign_in_with_key(client, own_database)
        first = await client.post(url, json=GRACE)
        headers = client.headers
    async with live_client(secret_key=new, previous_secret_keys=[old]) as client:
        client.headers = headers
        check_alike([first, await client.post(url, json=GRACE)], 201)
        assert (await client.post(url, json={})).status_code == 422
    # The fingerprint is keyed: without the old secret nothing can be compared with it.
    async with live_client(secret_key=new) as client:
        await sign_in_with_key(client, own_database)
        assert (await client.post(url, json=GRACE)).status_code == 422
