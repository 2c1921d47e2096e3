"""A session that does not wait for its database for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from time import monotonic
from typing import Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import ServiceUnavailableError

_CLEANING_SECONDS = 0.5

_MethodT = TypeVar("_MethodT")


class DatabaseTimeoutError(ServiceUnavailableError):
    """The database took too long."""


def _limited(method: _MethodT, *, cleans_up: bool = False) -> _MethodT:
    """Count what a method of `AsyncSession` takes towards the time limit."""
    unlimited = cast("Callable[..., Awaitable[Any]]", method)

    @wraps(unlimited)
    async def limited(session: "TimedSession", *args: Any, **kwargs: Any) -> Any:
        async with session.in_time(cleans_up=cleans_up):
            return await unlimited(session, *args, **kwargs)

    return cast("_MethodT", limited)


class TimedSession(AsyncSession):
    """A database session whose transactions wait for `timeout` seconds in all.

    Then what they wait for is cancelled, and `DatabaseTimeoutError` raised.
    """

    def __init__(
        self, *args: Any, timeout: float | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.timeout = timeout
        self._waited = 0.0

    @asynccontextmanager
    async def in_time(self, *, cleans_up: bool = False) -> AsyncIterator[None]:
        """Limit what the block waits for by what is left to the transaction.

        That is a connection from the pool, a new one, a lock, a statement. Cleaning up
        has a moment of its own.
        """
        least = _CLEANING_SECONDS if cleans_up else 0
        left = self.timeout and max(self.timeout - self._waited, least)
        started = monotonic()
        try:
            async with asyncio.timeout(left):
                yield
        except TimeoutError:
            raise DatabaseTimeoutError from None
        finally:
            self._waited += monotonic() - started

    close = _limited(AsyncSession.close, cleans_up=True)
    execute = _limited(AsyncSession.execute)
    flush = _limited(AsyncSession.flush)
    get = _limited(AsyncSession.get)
    refresh = _limited(AsyncSession.refresh)
    scalars = _limited(AsyncSession.scalars)
    # mypy cannot follow these overloads, though it keeps them.
    scalar = _limited(AsyncSession.scalar)  # type: ignore[arg-type, assignment]

    async def commit(self) -> None:
        """Commit; the next transaction has all of its time."""
        async with self.in_time():
            await super().commit()
        self._waited = 0

    async def rollback(self) -> None:
        """Undo the transaction; the next one has all of its time."""
        async with self.in_time(cleans_up=True):
            await super().rollback()
        self._waited = 0
