"""An end to every request."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.exceptions import DeadlineExceededError, SlowBodyError


class DeadlineMiddleware:
    """Cancels requests that are not being answered after `seconds`.

    What is cancelled rolls its transaction back. Raises `SlowBodyError` when it was the
    client who took so long, `DeadlineExceededError` otherwise. An answer that has begun
    may go on for as long as it likes. A route has another deadline by `app.api.limits`.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived = waiting = False

        async def receive_and_note() -> Message:
            nonlocal arrived, waiting
            waiting = not arrived
            message = await receive()
            waiting = False
            arrived = not message.get("more_body", False)
            return message

        async def send_in_time(message: Message) -> None:
            deadline.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(self.seconds) as deadline:
                scope["state"]["deadline"] = deadline
                await self.app(scope, receive_and_note, send_in_time)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise (SlowBodyError if waiting else DeadlineExceededError) from None
