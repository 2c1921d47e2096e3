"""Where public answers may be kept, so that they are not made each time."""

from collections.abc import Awaitable, Callable

KeepAnswer = Callable[[str, float, Callable[[], Awaitable[bytes]]], Awaitable[bytes]]
"""Returns the body kept under a key for so many seconds, else makes one and may keep it."""


async def keep_nothing(
    _key: str, _seconds: float, make: Callable[[], Awaitable[bytes]]
) -> bytes:
    """Make each answer anew."""
    return await make()
