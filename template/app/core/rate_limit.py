"""How often one client may ask."""

import time
from bisect import bisect_right
from collections import OrderedDict
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice
from math import ceil

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import Scope

from app.core.exceptions import RateLimitError

MAX_WINDOWS = 100_000
"""How many windows are kept: about 30 MB with a hit each."""

_LOGGED = RateLimitItemPerMinute(1)

_log = structlog.get_logger("app.audit")


def client_of(scope: Scope) -> str | None:
    """The network that counts as one client: an IPv4 address, or an IPv6 /64.

    It is the peer's, or what uvicorn took from a proxy it trusts (`FORWARDED_ALLOW_IPS`);
    no header is read here. None when there is no address, as on a unix socket: clients
    that nobody can tell apart must not use up one another's limit.
    """
    try:
        address = ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


class WindowStorage(MemoryStorage):
    """The memory of moving windows, at the same cost for one client and for many.

    The library's own looks at every window after a hit, each in a thread: 1.9 s of CPU
    with 10,000 of them. Here a hit looks at the two that were unused for longest. Nothing
    is awaited, so hits are atomic.
    """

    def __init__(self) -> None:
        super().__init__()
        # When each hit stops counting, oldest first; the windows by their last use.
        self._windows: OrderedDict[str, list[float]] = OrderedDict()

    async def acquire_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count `amount` hits for `expiry` seconds, unless they would exceed `limit`."""
        now = time.time()
        self._forget(now)
        ends = self._windows.setdefault(key, [])
        self._windows.move_to_end(key)
        del ends[: bisect_right(ends, now)]
        if len(ends) + amount > limit:
            return False
        ends.extend([now + expiry] * amount)
        return True

    async def get_moving_window(
        self, key: str, limit: int, expiry: int
    ) -> tuple[float, int]:
        """Return the time of the oldest hit that counts, and how many do."""
        now = time.time()
        ends = self._windows.get(key, [])
        first = bisect_right(ends, now)
        start = ends[first] - expiry if first < len(ends) else now
        return start, len(ends) - first

    async def clear(self, key: str) -> None:
        """Forget one window."""
        self._windows.pop(key, None)

    async def reset(self) -> int:
        """Forget every window; return how many there were."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def _forget(self, now: float) -> None:
        for key, ends in list(islice(self._windows.items(), 2)):
            if len(self._windows) >= MAX_WINDOWS or not ends or ends[-1] <= now:
                del self._windows[key]


class RateLimiter:
    """Refuses what comes too often; lets everything through unless `enabled`.

    The counts are those of one process, unless `storage` is shared.
    """

    def __init__(self, storage: Storage, *, enabled: bool) -> None:
        self._windows = MovingWindowRateLimiter(storage)
        self._enabled = enabled

    async def hit(self, rate: RateLimitItem, name: str, client: str | None) -> None:
        """Count a request of `client` under `name`; raise `RateLimitError` over `rate`.

        An unknown client (None) is not limited. The headers of the error are those of
        draft-ietf-httpapi-ratelimit-headers. The log has one line a minute for each
        client and name, however many requests are refused.
        """
        if client is None or not self._enabled:
            return
        if await self._windows.hit(rate, name, client):
            return
        window = await self._windows.get_window_stats(rate, name, client)
        wait = ceil(window.reset_time - time.time())
        # Shared windows tell the time rounded.
        retry_after = min(max(1, wait), rate.get_expiry())
        if await self._windows.hit(_LOGGED, "log", name, client):
            _log.warning("rate_limited", limit=name, client=client)
        headers = {
            "RateLimit-Policy": f'"{name}";q={rate.amount};w={rate.get_expiry()}',
            "RateLimit": f'"{name}";r=0;t={retry_after}',
        }
        raise RateLimitError(retry_after, headers)
