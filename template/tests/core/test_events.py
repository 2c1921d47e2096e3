"""Handlers hear of what was committed, and of nothing else."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import Session
from app.core.timed_session import DatabaseTimeoutError, TimedSession
from app.domain.events import Event, UserRegistered
from tests.clients import API, bearer, register, sign_in
from tests.harness import Logs


async def test_what_users_do_is_in_the_log_under_a_stable_name(
    client: AsyncClient, logs: Logs
) -> None:
    await register(client, "ada@example.com")
    await register(client, "ada@example.com")
    tokens = await sign_in(client, "ada@example.com")
    await client.post(f"{API}/auth/logout", headers=bearer(tokens))
    events = [line for line in logs() if line["logger"] == "app.audit"]
    names = [line["event"] for line in events]
    assert names == [
        "user_registered", "registration_repeated", "logged_in", "logged_out",
    ]  # fmt: skip
    assert all(line["user_id"] and line["request_id"] for line in events)


EVENT = UserRegistered(user_id=uuid4())


class Recorder:
    """A handler that remembers."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    async def __call__(self, event: Event) -> None:
        self.heard.append(event)


async def fail(event: Event) -> None:
    raise RuntimeError


@pytest.fixture
def heard() -> Recorder:
    return Recorder()


@pytest.fixture
async def recording(own_database: str, heard: Recorder) -> Session:
    engine = create_async_engine(own_database)
    return Session(engine, handlers=[fail, heard])


async def test_handlers_run_after_the_commit_once_even_when_one_fails(
    recording: Session, heard: Recorder, logs: Logs
) -> None:
    recording.record(EVENT)
    assert heard.heard == []
    await recording.commit()
    await recording.commit()
    assert heard.heard == [EVENT]
    assert [line["event"] for line in logs()] == ["event_handler_failed"]
    await recording.close()


async def test_block_that_would_skip_the_handlers_is_refused(
    recording: Session,
) -> None:
    with pytest.raises(TypeError, match="commit"):
        recording.begin()
    await recording.close()


async def test_handlers_do_not_run_after_a_rollback(
    recording: Session, heard: Recorder
) -> None:
    recording.record(EVENT)
    await recording.rollback()
    await recording.commit()
    assert heard.heard == []
    await recording.close()


async def test_handlers_do_not_run_when_the_commit_fails(
    recording: Session, heard: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: object) -> None:
        raise ConnectionError

    recording.record(EVENT)
    with monkeypatch.context() as patch:
        patch.setattr(TimedSession, "commit", refuse)
        with pytest.raises(ConnectionError):
            await recording.commit()
    assert heard.heard == []
    await recording.close()


class Listener:
    """A commit handler that remembers, and takes its time."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    async def __call__(self, events: Sequence[Event]) -> None:
        await asyncio.sleep(0.02)
        self.heard.extend(events)


async def fail_all(events: Sequence[Event]) -> None:
    raise RuntimeError


@pytest.fixture
async def told(own_database: str) -> tuple[Session, Listener]:
    listener = Listener()
    engine = create_async_engine(own_database)
    session = Session(engine, commit_handlers=[fail_all, listener])
    session.record(EVENT)
    return session, listener


async def test_commit_handlers_are_heard_out_before_the_commit_returns(
    told: tuple[Session, Listener], logs: Logs
) -> None:
    session, listener = told
    await session.commit()
    assert listener.heard == [EVENT]
    assert [line["event"] for line in logs()] == ["commit_handler_failed"]
    await session.commit()
    assert listener.heard == [EVENT]


async def test_commit_handlers_hear_it_though_nobody_waits(
    told: tuple[Session, Listener],
) -> None:
    session, listener = told
    committing = asyncio.create_task(session.commit())
    await asyncio.sleep(0.01)
    committing.cancel()
    await asyncio.sleep(0.05)
    assert listener.heard == [EVENT]


@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        (DatabaseTimeoutError(), True),
        (asyncio.CancelledError(), True),
        (OperationalError("", {}, Exception(), connection_invalidated=True), True),
        (IntegrityError("", {}, Exception()), False),
    ],
)
async def test_commit_handlers_hear_of_a_commit_that_may_have_happened(
    told: tuple[Session, Listener],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    *,
    is_told: bool,
) -> None:
    async def commit(_: object) -> None:
        raise error

    monkeypatch.setattr(TimedSession, "commit", commit)
    session, listener = told
    with pytest.raises(type(error)):
        await session.commit()
    await asyncio.sleep(0.05)
    assert listener.heard == ([EVENT] if is_told else [])


async def test_commit_handlers_hear_nothing_of_a_rollback(
    told: tuple[Session, Listener],
) -> None:
    session, listener = told
    await session.rollback()
    await session.commit()
    assert listener.heard == []
