"""Limits that all workers share."""

import asyncio
from collections import Counter

from tests.clients import assert_limited, forgot
from tests.redis.conftest import OwnRedis, Serve


async def test_of_a_hundred_at_once_to_two_workers_ten_pass(serve: Serve) -> None:
    limits = {"rate_limit_enabled": True, "rate_limit_credentials": "10/minute"}
    async with serve(**limits) as one, serve(**limits) as other:
        clients = [one.client, other.client] * 50
        responses = await asyncio.gather(
            *(forgot(client, "ada@example.com") for client in clients)
        )
    assert Counter(each.status_code for each in responses) == {202: 10, 429: 90}
    refused = next(each for each in responses if each.status_code == 429)
    assert_limited(refused, "/auth/password/forgot", 10)


async def test_without_redis_each_worker_counts_for_itself(
    serve: Serve, own_redis: OwnRedis
) -> None:
    limits = {"rate_limit_enabled": True, "rate_limit_credentials": "3/minute"}
    async with serve(redis_url=own_redis.url, **limits) as service:
        own_redis.stop()
        statuses = [
            (await forgot(service.client, "ada@example.com")).status_code
            for _ in range(5)
        ]
    assert statuses == [202, 202, 202, 429, 429]
