"""What has expired is removed, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient
from sqlalchemy import func, insert, select
from uuid_utils.compat import uuid7

from app import application
from app.application import create_app
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.database import SessionFactory, create_engine, create_session_factory
from app.core.periodic import periodically
from app.models.idempotency import IdempotencyKey
from app.models.session import RefreshToken, UserSession
from app.models.throttle import LoginThrottle
from app.models.user import User
from app.registry import DIALECT
from app.services.purge import purge_expired
from tests.clients import API, bearer, read_me, refresh, sign_in
from tests.harness import Logs, MakeUser, make_settings, run_app


async def count(factory: SessionFactory) -> dict[str, int]:
    async with factory() as session:
        return {
            model.__tablename__: await session.scalar(
                select(func.count()).select_from(model)
            )
            or 0
            for model in (UserSession, RefreshToken, LoginThrottle, IdempotencyKey)
        }


async def test_ended_and_idle_sessions_go_and_live_ones_stay(
    client: AsyncClient, make_user: MakeUser, session_factory: SessionFactory
) -> None:
    user = await make_user()
    with time_machine.travel(utc_now() - timedelta(days=8)):
        await sign_in(client, user.email)
    ended, live = await sign_in(client, user.email), await sign_in(client, user.email)
    live = (await refresh(client, live)).json()
    await client.post(f"{API}/auth/logout", headers=bearer(ended))
    assert await purge_expired(session_factory) == 3
    assert await count(session_factory) == {
        "sessions": 1,
        "refresh_tokens": 2,
        "login_throttles": 0,
        "idempotency_keys": 0,
    }
    assert (await read_me(client, live)).status_code == 200
    assert (await refresh(client, live)).status_code == 200


@pytest.fixture
async def own_factory(own_database: str) -> AsyncIterator[SessionFactory]:
    engine = create_engine(make_settings(own_database), DIALECT)
    yield create_session_factory(engine)
    await engine.dispose()


async def fill(factory: SessionFactory, rows: int) -> None:
    past = utc_now() - timedelta(days=1)
    async with factory() as session:
        user = User(
            email="ada@example.com", email_canonical="ada@example.com", roles=[]
        )
        session.add(user)
        await session.flush()
        idle = UserSession(user_id=user.id, expires_at=utc_now() + timedelta(days=9))
        session.add(idle)
        await session.flush()
        await session.execute(
            insert(RefreshToken),
            [
                {"session_id": idle.id, "token_hash": str(n), "expires_at": past}
                for n in range(rows)
            ],
        )
        await session.execute(
            insert(LoginThrottle),
            [
                {"name_hash": uuid7().hex, "failures": 1, "expires_at": past}
                for _ in range(rows)
            ],
        )
        await session.execute(
            insert(IdempotencyKey),
            [
                {
                    "user_id": user.id,
                    "scope_hash": uuid7().hex,
                    "fingerprint": "",
                    "status": 201,
                    "headers": {},
                    "body": b"",
                    "expires_at": past,
                }
                for _ in range(rows)
            ],
        )
        await session.commit()


async def test_ten_thousand_rows_go_while_two_workers_purge(
    own_factory: SessionFactory,
) -> None:
    await fill(own_factory, 5000)
    deleted = await asyncio.gather(*(purge_expired(own_factory) for _ in range(2)))
    assert await count(own_factory) == {
        "sessions": 0,
        "refresh_tokens": 0,
        "login_throttles": 0,
        "idempotency_keys": 0,
    }
    assert sum(deleted) >= 15_001


async def test_purges_at_once_do_not_wait_for_each_other_in_a_circle(
    own_factory: SessionFactory,
) -> None:
    past = utc_now() - timedelta(days=1)
    async with own_factory() as session:
        user = User(email="a@example.com", email_canonical="a@example.com", roles=[])
        session.add(user)
        await session.flush()
        ids = [uuid7() for _ in range(400)]
        rows = [{"id": id_, "user_id": user.id, "expires_at": past} for id_ in ids]
        await session.execute(insert(UserSession), rows)
        tokens = [
            {"session_id": id_, "token_hash": uuid7().hex, "expires_at": past}
            for id_ in ids * 3
        ]
        await session.execute(insert(RefreshToken), tokens)
        await session.commit()
    await asyncio.gather(*(purge_expired(own_factory) for _ in range(3)))
    assert not any((await count(own_factory)).values())


async def test_the_running_service_purges(
    own_database: str, own_factory: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(own_factory, 1)
    monkeypatch.setattr(application, "_PURGE_INTERVAL", timedelta(milliseconds=5))
    async with run_app(create_app(make_settings(own_database))):
        for _ in range(200):
            if not any((await count(own_factory)).values()):
                return
            await asyncio.sleep(0.01)
    pytest.fail("nothing was purged")


async def test_the_running_service_goes_on_after_a_failure(
    settings: Settings, logs: Logs
) -> None:
    calls = 0
    done = asyncio.Event()

    async def work() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError
        done.set()

    async with periodically(work, every=timedelta(milliseconds=2)):
        await asyncio.wait_for(done.wait(), timeout=5)
    assert [line["event"] for line in logs()] == ["periodic_work_failed"]
    seen = calls
    await asyncio.sleep(0.01)
    assert calls == seen
