"""A session that does not wait for its database for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from time import monotonic
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, Row, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session as SyncSession

from app.core.exceptions import ServiceUnavailableError

_CLEANING_SECONDS = 0.5

_MethodT = TypeVar("_MethodT")

_Query = Select[*tuple[Any, ...]]
_Row = Row[*tuple[Any, ...]]


class DatabaseTimeoutError(ServiceUnavailableError):
    """The database took too long."""


def _limited(method: _MethodT, *, cleans_up: bool = False) -> _MethodT:
    """Have a method of `AsyncSession` wait no longer than what is left to the transaction.

    That is for a connection from the pool, a new one, a lock, a statement. Cleaning up has a
    moment of its own.
    """
    unlimited = cast("Callable[..., Awaitable[Any]]", method)
    least = _CLEANING_SECONDS if cleans_up else 0

    @wraps(unlimited)
    async def limited(session: "TimedSession", *args: Any, **kwargs: Any) -> Any:
        started = monotonic()
        left = session.timeout and max(session.timeout - session.waited, least)
        try:
            async with asyncio.timeout(left):
                return await unlimited(session, *args, **kwargs)
        except TimeoutError:
            raise DatabaseTimeoutError from None
        finally:
            session.waited += monotonic() - started

    return cast("_MethodT", limited)


def _read_row(
    session: SyncSession, statement: _Query, parameters: Mapping[str, object]
) -> _Row | None:
    bind = session.get_bind()
    if session.in_transaction() or not isinstance(bind, Engine):
        return session.execute(statement, parameters).first()
    with bind.connect() as connection:
        return connection.execute(statement, parameters).first()


class TimedSession(AsyncSession):
    """A database session whose transactions wait for `timeout` seconds in all.

    Then what they wait for is cancelled, and `DatabaseTimeoutError` raised.
    """

    def __init__(
        self, *args: Any, timeout: float | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.timeout = timeout
        self.waited = 0.0

    async def __aexit__(self, *error: object) -> None:
        """Close; after a commit there is nothing to wait for, which is most of the times."""
        if self.in_transaction():
            await super().__aexit__(*error)
        else:
            self.sync_session.close()

    async def _read_row(
        self, statement: _Query, parameters: Mapping[str, object]
    ) -> _Row | None:
        """Return the first row of a query of tables, or None.

        Where no transaction has begun none begins, which takes a third less than `execute`.
        """
        return await self.run_sync(_read_row, statement, parameters)

    read_row = _limited(_read_row)
    close = _limited(AsyncSession.close, cleans_up=True)
    execute = _limited(AsyncSession.execute)
    flush = _limited(AsyncSession.flush)
    get = _limited(AsyncSession.get)
    refresh = _limited(AsyncSession.refresh)
    scalars = _limited(AsyncSession.scalars)
    scalar = _limited(  # type: ignore[assignment] # mypy keeps these overloads,
        AsyncSession.scalar  # type: ignore[arg-type] # but cannot follow them
    )
    _commit = _limited(AsyncSession.commit)
    _rollback = _limited(AsyncSession.rollback, cleans_up=True)

    async def commit(self) -> None:
        """Commit; the next transaction has all of its time."""
        if self.in_transaction():
            await self._commit()
        self.waited = 0

    async def rollback(self) -> None:
        """Undo the transaction; the next one has all of its time."""
        await self._rollback()
        self.waited = 0
