"""Many sign-ins at once, on a real server and at the cost of production."""

import asyncio
import os
import resource
from statistics import quantiles
from time import perf_counter

from httpx2 import AsyncClient

from app.application import create_app
from tests.clients import API, login, register
from tests.harness import make_settings
from tests.live import serve

SIGN_INS = 60
MEMORY_KIB = 19_456


async def check_health(client: AsyncClient, storm: asyncio.Task[object]) -> list[float]:
    """How long each health check took during the storm, in seconds."""
    times = []
    while not storm.done():
        started = perf_counter()
        assert (await client.get(f"{API}/health/live")).status_code == 200
        times.append(perf_counter() - started)
        await asyncio.sleep(0.02)
    return times


async def test_a_storm_of_sign_ins_leaves_the_service_alive(own_database: str) -> None:
    cost = {"argon2_memory_kib": MEMORY_KIB, "argon2_time_cost": 2}
    settings = make_settings(own_database, allowed_hosts=["127.0.0.1"], **cost)
    with serve(create_app(settings)) as server:
        async with AsyncClient(base_url=server.url, timeout=30) as client:
            await register(client, "ada@example.com")
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            storm = asyncio.gather(
                *(login(client, "ada@example.com", "wrong") for _ in range(SIGN_INS))
            )
            times = await check_health(client, asyncio.ensure_future(storm))
            answers = {answer.status_code for answer in await storm}
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert answers <= {401, 503}
    assert quantiles(times, n=20)[-1] < 1
    assert after - before < 100 * 1024 + (os.cpu_count() or 1) * MEMORY_KIB
