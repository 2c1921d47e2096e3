"""What an optional part may plug into the service."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from fastapi import APIRouter

from app.core.database import EventHandler
from app.core.readiness import ReadinessCheck


@dataclass(frozen=True, kw_only=True)
class Extension:
    """One optional part; `app.registry` lists the ones that are on."""

    name: str
    router: APIRouter | None = None
    lifespan: Callable[[], AbstractAsyncContextManager[object]] | None = None
    readiness_checks: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    event_handlers: Sequence[EventHandler] = ()
