import asyncio
from datetime import timedelta

import pytest
import time_machine
from limits import RateLimitItemPerMinute

from app.core import rate_limit
from app.core.clock import utc_now
from app.core.exceptions import RateLimitError
from app.core.rate_limit import RateLimiter, WindowStorage, client_of


@pytest.fixture
def storage() -> WindowStorage:
    return WindowStorage()


@pytest.fixture
def limiter(storage: WindowStorage) -> RateLimiter:
    return RateLimiter(storage, enabled=True)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", None),
        ("", None),
        (None, None),
    ],
)
def test_client_is_an_address_or_a_network(
    address: str | None, client: str | None
) -> None:
    assert client_of({"client": address and (address, 50_000)}) == client


async def test_of_many_at_once_as_many_pass_as_the_limit_says(
    limiter: RateLimiter,
) -> None:
    rate = RateLimitItemPerMinute(10)
    hits = (limiter.hit(rate, "test", "192.0.2.7") for _ in range(100))
    results = await asyncio.gather(*hits, return_exceptions=True)
    assert results.count(None) == 10
    assert sum(isinstance(result, RateLimitError) for result in results) == 90


async def test_each_hit_counts_for_one_window(limiter: RateLimiter) -> None:
    rate = RateLimitItemPerMinute(2)
    with time_machine.travel(utc_now(), tick=False) as clock:
        await limiter.hit(rate, "test", "192.0.2.7")
        clock.shift(timedelta(seconds=40))
        await limiter.hit(rate, "test", "192.0.2.7")
        with pytest.raises(RateLimitError) as refused:
            await limiter.hit(rate, "test", "192.0.2.7")
        assert refused.value.retry_after == 20
        clock.shift(timedelta(seconds=20))
        await limiter.hit(rate, "test", "192.0.2.7")
        with pytest.raises(RateLimitError) as refused:
            await limiter.hit(rate, "test", "192.0.2.7")
        assert refused.value.retry_after == 40


class LateStorage(WindowStorage):
    """A storage elsewhere, whose clock is behind ours."""

    async def get_moving_window(
        self, key: str, limit: int, expiry: int
    ) -> tuple[float, int]:
        start, hits = await super().get_moving_window(key, limit, expiry)
        return start - 100, hits


async def test_retry_after_is_a_second_at_least() -> None:
    limiter = RateLimiter(LateStorage(), enabled=True)
    rate = RateLimitItemPerMinute(1)
    await limiter.hit(rate, "test", "192.0.2.7")
    with pytest.raises(RateLimitError) as refused:
        await limiter.hit(rate, "test", "192.0.2.7")
    assert refused.value.retry_after == 1


async def test_windows_that_are_over_are_forgotten(storage: WindowStorage) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        for number in range(10):
            await storage.acquire_entry(f"old-{number}", 5, 60)
        clock.shift(timedelta(seconds=60))
        for number in range(5):
            await storage.acquire_entry(f"new-{number}", 5, 60)
        assert await storage.reset() == 5


async def test_windows_are_bounded_and_those_in_use_are_kept(
    storage: WindowStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_WINDOWS", 10)
    for number in range(100):
        await storage.acquire_entry(f"other-{number}", 5, 60)
        assert await storage.acquire_entry("busy", 1, 60) is (number == 0)
    assert await storage.reset() <= 11


async def test_cleared_window_starts_again(storage: WindowStorage) -> None:
    assert await storage.acquire_entry("key", 1, 60)
    await storage.clear("key")
    _, hits = await storage.get_moving_window("key", 1, 60)
    assert hits == 0
    assert await storage.acquire_entry("key", 1, 60)
