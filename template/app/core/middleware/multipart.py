"""Multipart bodies in one encoding."""

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

_UTF_8 = {b"utf-8", b"utf8"}


class MultipartCharsetMiddleware:
    """Refuses multipart bodies of another charset than UTF-8 with 415.

    The parameter means nothing for them (RFC 7578, 5.1.2), but the parser would decode
    with any codec that Python has, and some take a minute for a body of a megabyte.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            content_type = Headers(scope=scope).get("content-type", "")
            media_type, options = parse_options_header(content_type)
            charset = options.get(b"charset", b"utf-8").lower()
            if media_type.startswith(b"multipart/") and charset not in _UTF_8:
                raise HTTPException(415, "Multipart bodies are in UTF-8.")
        await self.app(scope, receive, send)
