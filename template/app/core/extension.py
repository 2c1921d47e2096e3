"""What an optional part may plug into the service."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from fastapi import APIRouter
from pydantic import create_model

from app.core.config import Settings
from app.core.database import EventHandler, Session
from app.core.readiness import ReadinessCheck

Lifespan = Callable[[Settings], AbstractAsyncContextManager[object]]
"""Runs a part as long as the service; what it yields is `Resources.part`."""

Purge = Callable[..., Awaitable[int]]
"""Deletes up to `limit` rows that expired before `now`; returns how many."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """One optional part; `app.registry` lists the ones that are on.

    Its `settings` are `Settings` with fields of its own.
    """

    name: str
    settings: type[Settings] = Settings
    router: APIRouter | None = None
    lifespan: Lifespan | None = None
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
