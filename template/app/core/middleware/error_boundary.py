"""The last line of defence: no exception leaves the application."""

from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.exceptions import InternalError

ErrorRenderer = Callable[[Request, Exception], Response]

_log = structlog.get_logger(__name__)


class ErrorBoundaryMiddleware:
    """Turns what the inner layers raise into an answer by `render`.

    Starlette would answer outside of every middleware, without a request id, and raise
    again, which makes the server drop the connection. What the answer calls a server
    error is logged here, once.
    """

    def __init__(self, app: ASGIApp, render: ErrorRenderer) -> None:
        self.app = app
        self.render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if started:
                raise
            response = self._render(Request(scope), error)
            if response.status_code == 503:
                _log.warning("unavailable", error=type(error).__name__)
            elif response.status_code >= 500:
                _log.exception("unhandled_exception")
            await response(scope, receive, send)

    def _render(self, request: Request, error: Exception) -> Response:
        try:
            return self.render(request, error)
        except Exception:
            _log.exception("error_not_rendered")
            return self.render(request, InternalError())
