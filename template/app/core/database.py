"""Engine and sessions: one request, one session, one transaction."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn

import structlog
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    async_sessionmaker,
    create_async_engine,
)

from app.core.config import Settings
from app.core.dialect import Dialect, TimeLimits
from app.core.pool import ping_after_a_pause
from app.core.startup import refuse
from app.core.timed_session import DatabaseTimeoutError, TimedSession
from app.domain.events import Event

EventHandler = Callable[[Event], Coroutine[Any, Any, None]]

CommitHandler = Callable[[Sequence[Event]], Coroutine[Any, Any, None]]
"""Hears what was recorded in a transaction that is committed, or that may be.

It is heard out even when the request is given up meanwhile.
"""

_log = structlog.get_logger(__name__)


def is_unavailable(error: Exception, dialect: Dialect) -> bool:
    """Whether the database could not be reached or could not serve us just now."""
    if isinstance(error, (exc.TimeoutError, ConnectionError)):
        return True
    return isinstance(error, exc.DBAPIError) and (
        error.connection_invalidated or dialect.is_passing(error)
    )


def _is_in_doubt(error: BaseException) -> bool:
    """Whether a commit that raised this may have taken effect all the same."""
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated
    return isinstance(error, (asyncio.CancelledError, DatabaseTimeoutError))


class Session(TimedSession):
    """A database session that hands its recorded events to their handlers after commit."""

    def __init__(
        self,
        *args: Any,
        handlers: Sequence[EventHandler] = (),
        commit_handlers: Sequence[CommitHandler] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._handlers = handlers
        self._commit_handlers = commit_handlers
        self._events: list[Event] = []

    def record(self, event: Event) -> None:
        """Keep `event` until the commit; a rollback drops it."""
        self._events.append(event)

    def begin(self) -> NoReturn:
        """Refuse the block that would commit without running handlers."""
        message = "The session begins by itself; end it with `await session.commit()`."
        raise TypeError(message)

    async def commit(self) -> None:
        """Commit, then run the handlers of what was recorded.

        A handler that fails is logged and cannot undo what is committed.
        """
        try:
            await super().commit()
        except BaseException as error:
            if _is_in_doubt(error):
                self._tell(self._events)
            raise
        events, self._events = self._events, []
        if told := self._tell(events):
            await asyncio.shield(told)
        for event in events:
            for handler in self._handlers:
                try:
                    await handler(event)
                except Exception:
                    _log.exception(
                        "event_handler_failed", event_type=type(event).__name__
                    )

    def _tell(self, events: Sequence[Event]) -> "asyncio.Task[None] | None":
        if not (events and self._commit_handlers):
            return None
        task = asyncio.create_task(_tell_all(self._commit_handlers, tuple(events)))
        _telling.add(task)
        task.add_done_callback(_telling.discard)
        return task

    async def rollback(self) -> None:
        """Undo the transaction and forget what was recorded in it."""
        self._events.clear()
        await super().rollback()

    async def release(self) -> None:
        """End a transaction that has only read, giving its connection back.

        For slow work in the middle of a request, such as hashing a password.
        """
        await self.commit()


# Nobody else keeps a task whose request is gone.
_telling: set["asyncio.Task[None]"] = set()


async def _tell_all(handlers: Sequence[CommitHandler], events: Sequence[Event]) -> None:
    for handler in handlers:
        try:
            await handler(events)
        except Exception:
            _log.exception("commit_handler_failed")


SessionFactory = async_sessionmaker[Session]


def create_engine(
    settings: Settings, dialect: Dialect, limits: TimeLimits | None = None
) -> AsyncEngine:
    """Make the engine for `settings`; nothing is connected yet.

    The `limits` are a request's unless given. Exits with 78 and a line that says why when
    the URL is not one of the `dialect`'s.
    """
    try:
        engine = _create_engine(settings, dialect, limits or _limits(settings))
    except (TypeError, ValueError, exc.ArgumentError, ImportError) as error:
        refuse([f"APP_DATABASE_URL: {error}"])
        raise
    ping_after_a_pause(engine.sync_engine)
    dialect.prepare(engine)
    return engine


def _limits(settings: Settings) -> TimeLimits:
    return TimeLimits(
        statement=settings.request_timeout,
        idle_in_transaction=settings.request_timeout + 10,
    )


def _create_engine(
    settings: Settings, dialect: Dialect, limits: TimeLimits
) -> AsyncEngine:
    return create_async_engine(
        dialect.parse_url(settings.database_url.get_secret_value()),
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_max_overflow,
        pool_recycle=settings.database_pool_recycle,
        hide_parameters=True,
        connect_args=dialect.connect_args(limits),
    )


def create_session_factory(
    engine: AsyncEngine,
    handlers: Sequence[EventHandler] = (),
    *,
    commit_handlers: Sequence[CommitHandler] = (),
    timeout: float | None = None,
) -> SessionFactory:
    """Make the factory of sessions on `engine`, whose events go to the handlers.

    Their transactions may wait for the database for `timeout` seconds.
    """
    return async_sessionmaker(
        engine,
        class_=Session,
        expire_on_commit=False,
        handlers=handlers,
        commit_handlers=commit_handlers,
        timeout=timeout,
    )


async def check_pool(
    factory: SessionFactory, settings: Settings, dialect: Dialect
) -> None:
    """Warn when all processes together may want more connections than the server takes.

    How many processes there are is uvicorn's `WEB_CONCURRENCY`.
    """
    if dialect.max_connections is None:
        return
    try:
        async with factory() as session:
            allowed = int(await session.scalar(text(dialect.max_connections)) or 0)
    except (exc.SQLAlchemyError, DatabaseTimeoutError):
        return  # It has just gone: the checks of readiness tell of that.
    processes = int(os.environ.get("WEB_CONCURRENCY", "1"))
    wanted = settings.database_pool_size + settings.database_max_overflow
    if processes * wanted > allowed:
        _log.warning(
            "pool_exceeds_server",
            processes=processes,
            wanted_by_each=wanted,
            allowed_by_server=allowed,
            remedy="lower APP_DATABASE_POOL_SIZE or APP_DATABASE_MAX_OVERFLOW",
        )


async def ping(factory: SessionFactory) -> None:
    """Ask the database for an answer; raises when there is none."""
    async with factory() as session:
        await session.execute(text("SELECT 1"))
