"""A limit to what is done at once."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.exceptions import OverloadedError
from app.core.middleware.host import HEALTH_CHECKS


class ConcurrencyMiddleware:
    """Refuses requests while `limit` others are being answered; health checks are exempt.

    A service that is asked too much answers some in time rather than all too late.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(HEALTH_CHECKS):
            await self.app(scope, receive, send)
            return
        if self.running >= self.limit:
            raise OverloadedError
        self.running += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.running -= 1
