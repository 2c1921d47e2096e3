"""Whether the process is alive, and whether it can work."""

import structlog
from fastapi import APIRouter

from app.api.access import PUBLIC
from app.api.dependencies import ResourcesDep
from app.core.exceptions import ServiceUnavailableError
from app.schemas.health import Health

_log = structlog.get_logger(__name__)

router = APIRouter(prefix="/health", tags=["health"], dependencies=[PUBLIC])


class NotReadyError(ServiceUnavailableError):
    """A readiness check failed; `details` names which."""

    code = "not_ready"
    message = "The service cannot work right now."


@router.get("/live")
async def live() -> Health:
    """Say that the process answers; depends on nothing else."""
    return Health()


@router.get("/ready")
async def ready(resources: ResourcesDep) -> Health:
    """Say whether everything the service needs is there; 503 names what is not."""
    failed = []
    for name, check in resources.readiness_checks.items():
        try:
            await check()
        except Exception:
            _log.warning("not_ready", check=name, exc_info=True)
            failed.append(name)
    if failed:
        raise NotReadyError(details=failed)
    return Health()
