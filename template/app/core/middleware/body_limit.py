"""A cap on the size of request bodies, whether their length is declared or not."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimitMiddleware:
    """Refuses bodies of more than `max_bytes` with 413.

    Raises an `HTTPException`, the one kind that FastAPI lets through while it reads a
    body. Starlette's own middleware answers outside of the pipeline.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal():
            raise HTTPException(400, "The Content-Length is not a number.")
        # A longer number would be no easier to read than the body it announces.
        self._check(int(declared[:20]))
        received = 0

        async def receive_and_count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            self._check(received)
            return message

        await self.app(scope, receive_and_count, send)

    def _check(self, size: int) -> None:
        if size > self.max_bytes:
            message = f"The body is larger than {self.max_bytes} bytes."
            raise HTTPException(413, message)
