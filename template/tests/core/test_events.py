"""Handlers hear of what was committed, and of nothing else."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import Session
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
        patch.setattr("sqlalchemy.ext.asyncio.AsyncSession.commit", refuse)
        with pytest.raises(ConnectionError):
            await recording.commit()
    assert heard.heard == []
    await recording.close()
