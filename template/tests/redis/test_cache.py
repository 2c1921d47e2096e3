"""`@cache` on functions: what it is keyed by, and who makes it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.core.cache import Cache, cache
from app.core.cache.decorator import using
from app.core.cache.store import MAX_BYTES

MADE: Counter[object] = Counter()


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Cache]:
    MADE.clear()
    async with Cache(redis_url, ["k" * 32], prefix="test").running() as running:
        yield running


@pytest.fixture
async def other(redis_url: str) -> AsyncIterator[Cache]:
    """The cache of another process."""
    async with Cache(redis_url, ["k" * 32], prefix="test").running() as running:
        yield running


@cache(expire=300, tags=["all", "one:{first}"])
async def join(first: str, second: str = "", *, third: int | None = None) -> list[str]:
    MADE[first, second, third] += 1
    await asyncio.sleep(0.05)
    return [first, second, str(third)]


async def test_every_argument_counts_however_it_is_passed(store: Cache) -> None:
    with using(store):
        for _ in range(2):
            assert await join("a:b", "c") == ["a:b", "c", "None"]
            assert await join("a", "b:c") == ["a", "b:c", "None"]
            assert await join("a", second="b:c", third=1) == ["a", "b:c", "1"]
            assert await join(first="a", second="b:c") == ["a", "b:c", "None"]
    assert set(MADE.values()) == {1}
    assert len(MADE) == 3


async def test_a_herd_in_two_processes_makes_one(store: Cache, other: Cache) -> None:
    async def ask(where: Cache) -> list[str]:
        with using(where):
            return await join("herd")

    # The token is there, as it is but for the first time.
    await store.tell(["all", "one:herd", ""])
    found = await asyncio.gather(*(ask((store, other)[n % 2]) for n in range(100)))
    assert found == [["herd", "", "None"]] * 100
    assert MADE["herd", "", None] == 1


async def test_of_a_herd_in_one_process_one_asks_for_the_lock(
    store: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    set_lock = store.backend.set_lock

    async def note(key: str, *arguments: Any) -> bool:
        asked.append(key)
        return await set_lock(key, *arguments)

    monkeypatch.setattr(store.backend, "set_lock", note)
    await store.tell(["all", "one:herd", ""])
    with using(store):
        await asyncio.gather(*(join("herd") for _ in range(20)))
    assert len(asked) == 1


async def test_who_leaves_takes_nobody_with_them(store: Cache) -> None:
    with using(store):
        first = asyncio.create_task(join("left"))
        await asyncio.sleep(0.02)
        others = [asyncio.create_task(join("left")) for _ in range(3)]
        await asyncio.sleep(0.02)
        first.cancel()
        assert await asyncio.gather(*others) == [["left", "", "None"]] * 3


async def test_a_tag_makes_its_own_entries_void(store: Cache, other: Cache) -> None:
    with using(store):
        await join("a")
        await join("b")
        await other.tell(["one:a"])
        await join("a")
        await join("b")
    assert (MADE["a", "", None], MADE["b", "", None]) == (2, 1)


async def test_what_was_read_before_a_write_is_not_kept(
    store: Cache, other: Cache
) -> None:
    with using(store):
        reading = asyncio.create_task(join("a"))
        await asyncio.sleep(0.02)
        await other.tell(["one:a"])
        await reading
        await join("a")
    assert MADE["a", "", None] == 2


@cache(expire=300)
async def repeat(text: str, times: int) -> str:
    MADE[text, times] += 1
    return text * times


async def test_what_is_too_large_is_not_kept(store: Cache) -> None:
    with using(store):
        for _ in range(2):
            await repeat("x", MAX_BYTES)
            await repeat("x", 10)
    assert (MADE["x", MAX_BYTES], MADE["x", 10]) == (2, 1)


async def test_it_is_gone_in_time(store: Cache) -> None:
    @cache(expire=2)
    async def count() -> int:
        MADE["count"] += 1
        return MADE["count"]

    with using(store):
        assert [await count(), await count()] == [1, 1]
        await asyncio.sleep(2.1)
        assert await count() == 2


async def test_another_shape_is_another_entry(store: Cache) -> None:
    @dataclass
    class Before:
        name: str

    @dataclass
    class After:
        name: str
        size: int = 1

    def release(shape: type) -> object:
        async def find() -> object:
            MADE[shape] += 1
            return shape("x")

        find.__annotations__["return"] = shape
        return cache(expire=300)(find)

    with using(store):
        for shape in (Before, After, After):
            assert await release(shape)() == shape("x")  # type: ignore[operator]
    assert (MADE[Before], MADE[After]) == (1, 1)


async def test_an_argument_that_is_no_plain_value_is_refused(store: Cache) -> None:
    @cache(expire=300)
    async def find(thing: object) -> int:
        return 1

    with using(store), pytest.raises(TypeError, match=r"find is cached"):
        await find(object())
