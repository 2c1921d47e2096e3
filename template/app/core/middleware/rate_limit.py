"""The limit that holds for every route."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.middleware.host import HEALTH_CHECKS
from app.core.rate_limit import client_of
from app.core.resources import Resources


class RateLimitMiddleware:
    """Refuses clients that ask too often, whatever they ask; health checks are exempt."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(HEALTH_CHECKS):
            resources: Resources = scope["state"]["resources"]
            rate = resources.settings.rate_limit_default
            await resources.rate_limiter.hit(rate, "default", client_of(scope))
        await self.app(scope, receive, send)
