"""What Redis is worth: `uv run pytest -s tests/redis/benchmark.py`.

The same service, with its Redis there and taken away, in turns; requests per second and the
CPU time that the process takes for each.
"""

import asyncio
import statistics
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import psutil
from fastapi import APIRouter, FastAPI
from httpx2 import AsyncClient, TransportError

from app.api.access import PUBLIC
from app.api.caching import cache
from app.api.dependencies import ResourcesDep, SessionDep
from app.application import create_app
from app.core.cache import Cache
from app.core.extension import Extension
from app.registry import EXTENSIONS
from app.repositories.user import UserRepository
from tests.clients import API, bearer, register, sign_in
from tests.harness import PASSWORD, make_environment, promote
from tests.redis.conftest import OwnRedis
from tests.servers.base import free_port

CLIENTS = 16
SECONDS = 2
ROUNDS = 5

router = APIRouter(dependencies=[PUBLIC])


@router.get("/addresses")
@cache(expire=300)
async def list_addresses(session: SessionDep) -> list[str]:
    """Read twenty rows for everybody."""
    users, _ = await UserRepository(session).search(None, limit=20, after=None)
    return [user.email for user in users]


@router.get("/counts")
async def count(resources: ResourcesDep) -> dict[str, int]:
    """Tell how often the cache was asked, and what came of it."""
    counts = resources.part(Cache).counts
    return {":".join(each): number for each, number in counts.items()}


def make_app() -> FastAPI:
    """The service, with routes to measure."""
    return create_app(extensions=[*EXTENSIONS, Extension(name="b", router=router)])


@asynccontextmanager
async def running(
    database: str, redis: OwnRedis
) -> AsyncIterator[tuple[Process, AsyncClient]]:
    """The service in a process of its own, and a client of it."""
    port = free_port()
    settings = make_environment(database) | {
        "APP_REDIS_URL": redis.url,
        "APP_RATE_LIMIT_ENABLED": "false",
        "APP_LOG_LEVEL": "ERROR",
    }
    command = ["uvicorn", "--factory", "tests.redis.benchmark:make_app"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command, f"--port={port}", "--no-access-log"),
        env=settings,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while True:
            try:
                await client.get(f"{API}/health/live")
                break
            except TransportError:
                await asyncio.sleep(0.05)
        yield process, client
    process.terminate()
    await process.wait()


async def load(
    process: Process, port: int, path: str, headers: dict[str, str]
) -> tuple[float, float]:
    """Ask for `path` for a while: requests per second, CPU microseconds for each."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode()
    answered = 0
    end = monotonic() + SECONDS

    async def ask() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while monotonic() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await reader.readexactly(int(length))
            answered += 1
        writer.close()

    before = psutil.Process(process.pid).cpu_times()
    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    after = psutil.Process(process.pid).cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return answered / SECONDS, cpu / answered * 1e6


async def test_with_and_without(own_database: str, own_redis: OwnRedis) -> None:
    async with running(own_database, own_redis) as (process, client):
        for number in range(30):
            await register(client, f"{number}@example.com", PASSWORD)
        await promote(own_database)
        headers = bearer(await sign_in(client, "0@example.com"))
        paths = {f"{API}/users/me": headers, f"{API}/users": headers}
        paths[f"{API}/addresses"] = {}
        found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
        for _ in range(ROUNDS):
            for is_there in (True, False):
                if not is_there:
                    own_redis.stop()
                    await asyncio.sleep(1)
                for path, sent in paths.items():
                    port = int(client.base_url.port or 0)
                    result = await load(process, port, path, sent)
                    found.setdefault((path, is_there), []).append(result)
                if not is_there:
                    own_redis.start()
                    await asyncio.sleep(2)
        counts = (await client.get(f"{API}/counts")).json()
    for path in paths:
        rates = {}
        for is_there in (True, False):
            rounds = found[path, is_there]
            rates[is_there] = statistics.median(rate for rate, _ in rounds)
            cpu = statistics.median(cpu for _, cpu in rounds)
            spread = [round(rate) for rate, _ in sorted(rounds)]
            sys.stdout.write(
                f"{path} redis={is_there}: {rates[is_there]:.0f}/s "
                f"({spread[0]}-{spread[-1]}), {cpu:.0f} us CPU\n"
            )
        sys.stdout.write(f"{path}: {rates[True] / rates[False]:.2f} times as many\n")
    for layer in ("session", "query", "response"):
        hits, misses = counts.get(f"{layer}:hit", 0), counts.get(f"{layer}:miss", 0)
        ratio = hits / (hits + misses)
        sys.stdout.write(f"{layer}: {hits} of {hits + misses} hit ({ratio:.4f})\n")
