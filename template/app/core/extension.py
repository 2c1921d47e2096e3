"""What an optional part may plug into the service."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import APIRouter
from limits.aio.storage import Storage
from pydantic import create_model
from starlette.middleware import Middleware

from app.core.answers import KeepAnswer
from app.core.config import Settings
from app.core.database import CommitHandler, EventHandler, Session
from app.core.readiness import ReadinessCheck

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, kw_only=True)
class Part:
    """An optional part that runs: what it holds, and what it does for the others.

    What `holds` is comes back from `Resources.part`. The service works without what the
    `aids` check, only slower or worse.
    """

    holds: object
    commit_handlers: Sequence[CommitHandler] = ()
    aids: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    rate_limit_storage: Storage | None = None
    keep_answer: KeepAnswer | None = None


def merge(parts: Sequence[Part]) -> Part:
    """Return a part that holds `parts`, and does what all of them do."""
    return Part(
        holds=parts,
        commit_handlers=[each for part in parts for each in part.commit_handlers],
        aids={name: check for part in parts for name, check in part.aids.items()},
        rate_limit_storage=_first(part.rate_limit_storage for part in parts),
        keep_answer=_first(part.keep_answer for part in parts),
    )


def _first(values: Iterable[ValueT | None]) -> ValueT | None:
    return next((value for value in values if value is not None), None)


Lifespan = Callable[[Settings], AbstractAsyncContextManager[Part]]
"""Runs a part as long as the service."""

Purge = Callable[..., Awaitable[int]]
"""Deletes up to `limit` rows that expired before `now`; returns how many."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """One optional part; `app.registry` lists the ones that are on.

    Its `settings` are `Settings` with fields of its own. Its `repositories` stand in for
    those of the baseline, and its `middleware` is the innermost.
    """

    name: str
    settings: type[Settings] = Settings
    router: APIRouter | None = None
    lifespan: Lifespan | None = None
    middleware: Sequence[Middleware] = ()
    repositories: Mapping[type[Any], type[Any]] = field(default_factory=dict)
    purges: Sequence[Callable[[Session], Purge]] = ()
    readiness_checks: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    event_handlers: Sequence[EventHandler] = ()


def compose_settings(extensions: Sequence[Extension]) -> type[Settings]:
    """Return the settings of the service and of these parts as one class."""
    classes = {extension.settings: None for extension in extensions}
    classes.pop(Settings, None)
    if not classes:
        return Settings
    return create_model("Settings", __base__=tuple(classes))
