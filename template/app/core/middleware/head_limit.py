"""A cap on the request line and the headers, which the server leaves to us."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

_MAX_TARGET_BYTES = 8192
_MAX_HEADERS = 100
_MAX_HEADER_BYTES = 32_768


class HeadLimitMiddleware:
    """Refuses long addresses with 414, many or large headers with 431 (RFC 6585, 5)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if len(scope["path"]) + len(scope["query_string"]) > _MAX_TARGET_BYTES:
                raise HTTPException(414, "The address is too long.")
            headers = scope["headers"]
            size = sum(len(name) + len(value) for name, value in headers)
            if len(headers) > _MAX_HEADERS or size > _MAX_HEADER_BYTES:
                raise HTTPException(431, "The headers are too many or too large.")
        await self.app(scope, receive, send)
