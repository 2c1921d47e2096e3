"""What requests cost, by what can be counted: a second is another one on each machine."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import Engine, event

from tests.api.conftest import Headers
from tests.clients import API, bearer, register, sign_in
from tests.harness import LiveClient

_COUNTED = ("app", "fastapi", "starlette", "sqlalchemy")


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements that are sent to the database, without those of transactions."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        verb = statement.partition(" ")[0]
        if verb in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            sent.append(verb)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def is_counted(code: CodeType) -> bool:
    """Whether a function is one of the service or its frameworks."""
    return any(f"/{each}/" in code.co_filename for each in _COUNTED)


@contextmanager
def counting_calls() -> Iterator[list[str]]:
    """The functions of the service and its frameworks that this task calls meanwhile.

    Others that run beside it, such as the one that sends mails, are not counted.
    """
    calls: list[str] = []
    task = asyncio.current_task()

    def note(frame: FrameType, what: str, _: Any) -> None:
        mine = asyncio.current_task() is task
        if mine and what == "call" and is_counted(frame.f_code):
            calls.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


async def test_who_is_signed_in_is_one_query(
    client: AsyncClient, ada: Headers, statements: list[str]
) -> None:
    statements.clear()
    assert (await client.get(f"{API}/users/me", headers=ada)).status_code == 200
    assert statements == ["SELECT"]


async def test_a_list_is_two_queries_however_many_are_in_it(
    client: AsyncClient, admin: Headers, statements: list[str]
) -> None:
    for number in range(5):
        body = {"email": f"user{number}@example.com"}
        statements.clear()
        await client.post(f"{API}/users", json=body, headers=admin)
        assert statements[:2] == ["SELECT", "INSERT"]
    statements.clear()
    page = await client.get(f"{API}/users", headers=admin)
    assert len(page.json()["items"]) == 6
    assert statements == ["SELECT", "SELECT"]


async def test_no_request_makes_a_task(client: AsyncClient, ada: Headers) -> None:
    made: list[str] = []
    loop = asyncio.get_running_loop()

    def make(loop: Any, coroutine: Any, **options: Any) -> Any:
        if is_counted(coroutine.cr_code):
            made.append(coroutine.__qualname__)
        return asyncio.Task(coroutine, loop=loop, **options)

    loop.set_task_factory(make)
    await client.get(f"{API}/users/me", headers=ada)
    loop.set_task_factory(None)
    assert made == []


@pytest.mark.parametrize(("path", "limit"), [("health/live", 320), ("users/me", 1000)])
async def test_requests_call_no_more_functions_than_they_did(
    live_client: LiveClient, path: str, limit: int
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        headers = bearer(await sign_in(client, "ada@example.com"))
        await client.get(f"{API}/{path}", headers=headers)
        with counting_calls() as calls:
            await client.get(f"{API}/{path}", headers=headers)
    assert limit / 4 < len(calls) < limit, len(calls)
