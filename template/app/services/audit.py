"""The audit log: who did what, under stable names, from where (bound by the request)."""

import logging
import re
from dataclasses import asdict
from uuid import UUID

import structlog

from app.core.logging import log_often
from app.domain.events import Event
from app.domain.permission import Permission

_logger = logging.getLogger("app.audit")
_log = structlog.get_logger(_logger.name)


async def log_event(event: Event) -> None:
    """Write `event` to the log under a stable name, `UserRegistered` as `user_registered`."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    fields = asdict(event).items()
    values = {key: str(v) if isinstance(v, UUID) else v for key, v in fields}
    log_often(_logger, name, **values)


def log_denial(user_id: UUID, permission: Permission) -> None:
    """Write to the log that a user was refused what needs `permission`."""
    _log.warning("access_denied", user_id=str(user_id), permission=permission)
