"""Redis is away, hangs, or comes back: answers stay right, and come in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

import pytest
from redis import Redis

from app.core.cache import link
from tests.clients import API, bearer, read_me, refresh, sign_in
from tests.redis.conftest import OwnRedis, Serve, Service, add_users
from tests.servers.base import DatabaseServer

READY = f"{API}/health/ready"


@asynccontextmanager
async def serving(
    serve: Serve, database: str, redis: OwnRedis
) -> AsyncIterator[Service]:
    async with serve(redis_url=redis.url) as service:
        await add_users(service, database)
        yield service


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """None: Redis is given the time that the service gives it, and asked more often."""
    monkeypatch.setattr(link, "PROBE_SECONDS", 0.05)


async def wait_until(service: Service, *, is_up: bool) -> float:
    """Wait until the service uses Redis, or no longer; how long that took in seconds."""
    started = monotonic()
    while service.cache.link.is_up is not is_up:
        assert monotonic() - started < 5
        await asyncio.sleep(0.02)
    return monotonic() - started


async def test_stopped_it_is_missed_by_nobody(
    serve: Serve, own_database: str, own_redis: OwnRedis
) -> None:
    async with serving(serve, own_database, own_redis) as service:
        ada = await sign_in(service.client, "ada@example.com")
        bob = await sign_in(service.client, "bob@example.com")
        await service.client.post(f"{API}/auth/logout", headers=bearer(bob))
        own_redis.stop()
        for _ in range(3):
            assert (await read_me(service.client, ada)).status_code == 200
            assert (await read_me(service.client, bob)).status_code == 401
            assert (await service.client.get(f"{API}/roles")).status_code == 200
        assert (await refresh(service.client, ada)).status_code == 200
        assert await sign_in(service.client, "bob@example.com")
        ready = await service.client.get(READY)
        assert (ready.status_code, ready.json()) == (200, {"status": "degraded"})
        own_redis.start()
        assert await wait_until(service, is_up=True) < 5
        await asyncio.sleep(1.1)
        assert (await service.client.get(READY)).json() == {"status": "ok"}
        assert (await read_me(service.client, bob)).status_code == 401


async def test_hanging_it_costs_a_moment_once(
    serve: Serve, own_database: str, own_redis: OwnRedis
) -> None:
    async with serving(serve, own_database, own_redis) as service:
        ada = await sign_in(service.client, "ada@example.com")
        own_redis.freeze()
        took = []
        for _ in range(4):
            started = monotonic()
            assert (await read_me(service.client, ada)).status_code == 200
            took.append(monotonic() - started)
        assert max(took) < 1
        assert max(took[1:]) < 0.3


async def test_who_leaves_meanwhile_has_left_when_it_is_back(
    serve: Serve, own_database: str, own_redis: OwnRedis
) -> None:
    async with (
        serving(serve, own_database, own_redis) as one,
        serve(redis_url=own_redis.url) as other,
    ):
        ada = await sign_in(one.client, "ada@example.com")
        assert (await read_me(other.client, ada)).status_code == 200
        own_redis.freeze()
        response = await one.client.post(f"{API}/auth/logout", headers=bearer(ada))
        assert response.status_code == 204
        await wait_until(other, is_up=False)
        own_redis.thaw()
        for service in (one, other):
            assert (await read_me(service.client, ada)).status_code == 401
        await wait_until(one, is_up=True)
        for service in (one, other):
            assert (await read_me(service.client, ada)).status_code == 401


async def test_absent_at_the_start_it_is_used_once_it_is_there(
    serve: Serve, own_database: str, own_redis: OwnRedis
) -> None:
    own_redis.stop()
    async with serving(serve, own_database, own_redis) as service:
        ada = await sign_in(service.client, "ada@example.com")
        assert (await read_me(service.client, ada)).status_code == 200
        own_redis.start()
        await wait_until(service, is_up=True)
        for _ in range(2):
            assert (await read_me(service.client, ada)).status_code == 200
        assert service.cache.counts["session", "hit"] == 1


async def test_without_it_and_the_database_nobody_is_taken_for_signed_in(
    serve: Serve, own_redis: OwnRedis, database_server: DatabaseServer
) -> None:
    own_redis.stop()
    url = database_server.unreachable_url
    async with serve(url, redis_url=own_redis.url) as service:
        token = service.resources.access_tokens.issue(
            user_id=uuid4(),
            session_id=uuid4(),
            email="ada@example.com",
            now=datetime.now(UTC),
        )
        response = await read_me(service.client, {"access_token": token})
    assert response.status_code == 503


@pytest.mark.parametrize("fault", ["OOM", "READONLY"])
async def test_what_cannot_be_made_void_is_not_used(
    serve: Serve, own_database: str, own_redis: OwnRedis, fault: str
) -> None:
    async with serving(serve, own_database, own_redis) as service:
        ada = await sign_in(service.client, "ada@example.com")
        assert (await read_me(service.client, ada)).status_code == 200
        client = Redis.from_url(own_redis.url)
        if fault == "OOM":
            client.config_set("maxmemory", 1)
        else:
            client.config_set("min-replicas-to-write", 1)
        await service.client.post(f"{API}/auth/logout", headers=bearer(ada))
        await asyncio.sleep(10 * link.PROBE_SECONDS)
        assert (await read_me(service.client, ada)).status_code == 401
        assert not service.cache.link.is_up
        client.close()
