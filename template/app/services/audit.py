"""The handler that every event reaches: the audit log."""

import re
from dataclasses import asdict
from uuid import UUID

import structlog

from app.domain.events import Event

_log = structlog.get_logger("app.audit")


async def log_event(event: Event) -> None:
    """Write `event` to the log under a stable name, `UserRegistered` as `user_registered`."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    fields = asdict(event).items()
    _log.info(name, **{key: str(v) if isinstance(v, UUID) else v for key, v in fields})
