"""JSON that every reader understands alike, or none."""

import json
from math import isfinite
from typing import Any, NoReturn

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MAX_MEMBERS = 1000


class StrictJSONMiddleware:
    """Refuses JSON bodies that are not interoperable (RFC 8259, 4, 6 and 8.1) with 400.

    Python alone would take a name that occurs twice, NaN, numbers no float can hold, a
    byte order mark and other encodings than UTF-8; who reads the same body before or
    after us may see something else in it. Objects of thousands of members are refused
    because each one that no schema knows costs the event loop an error message.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_json(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            raise HTTPException(400, "The body ended early.") from None
        if body:
            _check(body)
        unread = True

        async def receive_again() -> Message:
            nonlocal unread
            if unread:
                unread = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        await self.app(scope, receive_again, send)


def _is_json(headers: Headers) -> bool:
    """Whether FastAPI would read the body as JSON."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    kind, _, subtype = media_type.partition("/")
    return kind == "application" and (subtype == "json" or subtype.endswith("+json"))


def _check(body: bytes) -> None:
    try:
        json.loads(
            body.decode(),
            object_pairs_hook=_check_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise HTTPException(400, f"The body is not JSON: {error}.") from None
    except (ValueError, RecursionError):
        message = "The body is not JSON that every reader understands alike (RFC 8259)."
        raise HTTPException(400, message) from None


def _check_members(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) > _MAX_MEMBERS or len({name for name, _ in pairs}) < len(pairs):
        raise ValueError


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


def _finite(text: str) -> None:
    if not isfinite(float(text)):
        raise ValueError
