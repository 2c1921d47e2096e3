"""One maker for many who ask for the same."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable


class SingleFlight:
    """Has one of those who ask at the same time do the work, for all of them."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Future[bytes | None]] = {}

    async def run(self, key: Hashable, work: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return what `work` does, or what somebody else's for `key` does meanwhile.

        If that one fails, or leaves, everybody works for themselves.
        """
        flight = self._flights.get(key)
        if flight is not None:
            shared = await asyncio.shield(flight)
            return await work() if shared is None else shared
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        result = None
        try:
            result = await work()
        finally:
            del self._flights[key]
            flight.set_result(result)
        return result
