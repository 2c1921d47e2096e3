"""The request id and the security headers, on every answer."""

import re
from secrets import token_hex

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.client import MAX_USER_AGENT

_ID = b"x-request-id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Answers are personal unless an endpoint says otherwise.
    "Cache-Control": "no-store",
}

STRICT_TRANSPORT = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


class RequestContextMiddleware:
    """Gives each request an id, for the logs and the answer, and adds `headers`.

    Every line of the request's log has the id, and the caller's address and user agent.
    A caller's own `X-Request-ID` is kept when it is 8 to 64 letters, digits or dashes.
    A header that the application has set itself stays as it is.
    """

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = [
            (name.lower().encode(), value.encode()) for name, value in headers.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received = Headers(scope=scope)
        offered = received.get("x-request-id", "")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else token_hex(16)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request_id=request_id,
            ip=scope["client"][0] if scope.get("client") else None,
            user_agent=received.get("user-agent", "")[:MAX_USER_AGENT],
        )

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [each for each in message["headers"] if each[0] != _ID]
                names = {name.lower() for name, _ in headers}
                headers += [each for each in self.headers if each[0] not in names]
                message["headers"] = [*headers, (_ID, request_id.encode())]
            await send(message)

        await self.app(scope, receive, send_with_headers)
