"""Whether the process is alive, and whether it can work."""

from fastapi import APIRouter

from app.api.access import PUBLIC
from app.api.dependencies import ResourcesDep
from app.core.exceptions import ServiceUnavailableError
from app.schemas.health import Health

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
    failing = await resources.readiness.failing()
    if failing:
        raise NotReadyError(details=failing)
    degraded = await resources.readiness.is_degraded()
    return Health(status="degraded" if degraded else "ok")
