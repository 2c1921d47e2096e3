"""What is in Redis, and what happens when somebody else has put it there."""

import json
import pickle
from itertools import permutations

import pytest
from redis import Redis

from app.core.project import SLUG
from tests.clients import API, bearer, read_me, refresh, sign_in
from tests.redis.conftest import Service

KINDS = ("token", "session", "query", "response", "denied")


def contents(redis: Redis) -> dict[bytes, bytes]:
    """Every entry."""
    keys = [key for kind in KINDS for key in redis.scan_iter(f"{SLUG}:{kind}:*")]
    values = ((key, redis.get(key)) for key in keys)
    return {key: value for key, value in values if isinstance(value, bytes)}


async def fill(service: Service) -> tuple[dict[str, str], dict[str, str]]:
    """Have everything kept that can be; the tokens of Ada and of Bob, who left."""
    ada = await sign_in(service.client, "ada@example.com")
    bob = await sign_in(service.client, "bob@example.com")
    for tokens in (ada, bob):
        await read_me(service.client, tokens)
    await service.client.post(f"{API}/auth/logout", headers=bearer(bob))
    await read_me(service.client, ada)
    for limit in (1, 2):
        await service.client.get(f"{API}/users?limit={limit}", headers=bearer(ada))
    await service.client.get(f"{API}/roles")
    return ada, bob


async def answers(
    service: Service, ada: dict[str, str], bob: dict[str, str]
) -> list[object]:
    responses = [
        await read_me(service.client, ada),
        await read_me(service.client, bob),
        await service.client.get(f"{API}/users?limit=1", headers=bearer(ada)),
        await service.client.get(f"{API}/users?limit=2", headers=bearer(ada)),
        await service.client.get(f"{API}/roles"),
    ]
    hidden = {"request_id"}
    return [
        (r.status_code, {k: v for k, v in r.json().items() if k not in hidden})
        for r in responses
    ]


async def test_it_is_json_for_a_while_and_tells_no_secret(
    service: Service, redis: Redis
) -> None:
    ada, bob = await fill(service)
    kept = contents(redis)
    kinds = {key.split(b":")[1].decode() for key in kept}
    assert kinds == set(KINDS)
    for key, value in kept.items():
        json.loads(value)
        assert 0 < redis.ttl(key) <= 24 * 3600
    everything = b"\n".join([*kept, *kept.values()])
    for secret in (
        b"argon2",
        b"password",
        *(t.encode() for t in ada["access_token"].split(".")),
    ):
        assert secret not in everything
    assert bob["access_token"].encode() not in everything


async def test_an_ended_session_is_denied_as_long_as_its_tokens_live(
    service: Service, redis: Redis
) -> None:
    tokens = await sign_in(service.client, "ada@example.com")
    await refresh(service.client, tokens)
    await service.client.post(f"{API}/auth/logout", headers=bearer(tokens))
    (key,) = redis.scan_iter(f"{SLUG}:denied:*")
    lifetime = service.resources.settings.access_token_lifetime.total_seconds()
    assert lifetime <= redis.ttl(key) <= lifetime + 30
    assert (await read_me(service.client, tokens)).status_code == 401
    assert service.cache.counts["session", "denied"] == 1


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b"1",
        b"null",
        b'["',
        b'["x",9999999999,null]',
        pickle.dumps({"id": 1}),
        b"\xff",
    ],
)
async def test_what_is_not_ours_is_a_miss(
    service: Service, redis: Redis, poison: bytes
) -> None:
    ada, bob = await fill(service)
    before = await answers(service, ada, bob)
    for key in contents(redis):
        redis.set(key, poison)
    assert await answers(service, ada, bob) == before


async def test_an_entry_counts_nowhere_else(service: Service, redis: Redis) -> None:
    ada, bob = await fill(service)
    before = await answers(service, ada, bob)
    kept = contents(redis)
    for key, other in permutations(kept, 2):
        redis.set(key, kept[other])
        if b":token:" not in key:
            assert await answers(service, ada, bob) == before
        redis.set(key, kept[key])


async def test_lists_and_hashes_in_its_place_are_no_answer(
    service: Service, redis: Redis
) -> None:
    ada, bob = await fill(service)
    before = await answers(service, ada, bob)
    for key in contents(redis):
        redis.delete(key)
        redis.rpush(key, "x")
    assert await answers(service, ada, bob) == before
