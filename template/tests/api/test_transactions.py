"""What is answered with success is committed; what fails leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import APIRouter
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session as SyncSession
from starlette.types import Message, Scope

from app.api.access import PUBLIC
from app.api.dependencies import SessionDep
from app.api.limits import CREDENTIALS
from app.application import create_app
from app.core.database import Session
from app.core.extension import Extension
from app.domain.permission import Role
from app.models.user import User
from tests.clients import API, bearer, register, sign_in
from tests.harness import (
    PASSWORD,
    Applications,
    make_client,
    make_settings,
    run_app,
    with_resources,
)

written = asyncio.Event()
router = APIRouter(dependencies=[PUBLIC, CREDENTIALS])


def make_user(email: str) -> User:
    return User(email=email, email_canonical=email, roles=[])


@router.post("/write-and-fail")
async def write_and_fail(session: SessionDep) -> None:
    """Fail with a write behind it."""
    session.add(make_user("half@example.com"))
    await session.flush()
    raise RuntimeError


@router.post("/write-and-hang")
async def write_and_hang(session: SessionDep) -> None:
    """Be cut off with a write behind it."""
    session.add(make_user("half@example.com"))
    await session.flush()
    written.set()
    await asyncio.sleep(60)


@router.post("/write")
async def write(session: SessionDep) -> str:
    """Write, and see what happens to the commit."""
    session.add(make_user("whole@example.com"))
    return "written"


@pytest.fixture
async def writing(
    own_database: str, applications: Applications
) -> AsyncIterator[tuple[AsyncClient, Session]]:
    """A client of an application whose routes fail with a write behind them."""
    written.clear()
    settings = make_settings(own_database)
    extension = Extension(name="writing", router=router)
    async with (
        applications.run(settings, [extension]) as (app, resources),
        make_client(with_resources(app, resources)) as client,
        resources.session_factory() as session,
    ):
        yield client, session


def post_scope(path: str) -> Scope:
    return {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"test")],
    }


async def no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def count(session: Session) -> int:
    return await session.scalar(select(func.count()).select_from(User)) or 0


async def test_a_write_before_a_failure_is_undone(
    writing: tuple[AsyncClient, Session],
) -> None:
    client, session = writing
    assert (await client.post("/api/v1/write-and-fail")).status_code == 500
    assert await count(session) == 0


async def test_a_write_before_a_disconnect_is_undone(
    writing: tuple[AsyncClient, Session],
) -> None:
    client, session = writing
    request = asyncio.create_task(client.post("/api/v1/write-and-hang"))
    await written.wait()
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    assert await count(session) == 0
    assert (await register(client, "half@example.com")).status_code == 202


async def still_held(pool: Any) -> int:
    """The connections in use, but for those that write mails for a moment."""
    for _ in range(50):
        if not pool.checkedout():
            break
        await asyncio.sleep(0.01)
    return int(pool.checkedout())


async def test_no_connection_is_held_while_a_password_is_hashed(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(make_settings(own_database))
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        pool = resources.session_factory.kw["bind"].pool
        held = []

        def watch(name: str) -> None:
            original = getattr(resources.passwords, name)

            async def watched(*arguments: str) -> object:
                held.append(await still_held(pool))
                return await original(*arguments)

            monkeypatch.setattr(resources.passwords, name, watched)

        watch("hash")
        watch("verify_and_update")
        await register(client, "ada@example.com")
        headers = bearer(await sign_in(client, "ada@example.com"))
        change = {"current_password": PASSWORD, "new_password": "a much better one"}
        changed = await client.post(
            f"{API}/users/me/password", json=change, headers=headers
        )
        assert changed.status_code == 204
        async with resources.session_factory() as session:
            await session.execute(update(User).values(roles=[Role.ADMIN]))
            await session.commit()
        account = {"email": "grace@example.com", "password": PASSWORD}
        created = await client.post(f"{API}/users", json=account, headers=headers)
        assert created.status_code == 201
    # Registration, sign-in, the two halves of the change, and the new account.
    assert held == [0] * 5


async def test_the_commit_comes_before_the_answer(
    writing: tuple[AsyncClient, Session],
) -> None:
    client, session = writing
    seen = []

    def note(_: SyncSession) -> None:
        seen.append("committed")

    async def send_noting(message: Message) -> None:
        seen.append(message["type"])

    event.listen(SyncSession, "after_commit", note)
    try:
        transport = client._transport  # noqa: SLF001 - it hides when the answer starts
        assert isinstance(transport, ASGITransport)
        await transport.app(post_scope("/api/v1/write"), no_body, send_noting)
    finally:
        event.remove(SyncSession, "after_commit", note)
    assert seen[:2] == ["committed", "http.response.start"]
    assert await count(session) == 1


async def test_a_commit_that_fails_is_not_answered_with_success(
    writing: tuple[AsyncClient, Session],
) -> None:
    client, session = writing

    def refuse(_: SyncSession) -> None:
        message = "the disk is full"
        raise RuntimeError(message)

    event.listen(SyncSession, "before_commit", refuse)
    try:
        response = await client.post("/api/v1/write")
    finally:
        event.remove(SyncSession, "before_commit", refuse)
    assert response.status_code == 500
    assert await count(session) == 0
