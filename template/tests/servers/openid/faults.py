"""What else an endpoint may answer."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)


async def _drops() -> AsyncIterator[bytes]:
    for _ in range(15):  # longer than any test waits
        yield b" "
        await asyncio.sleep(0.2)


FAULTS: dict[str, Callable[[], Response | None]] = {
    "down": lambda: PlainTextResponse("Down.", 500),
    "hangs": lambda: None,
    "trickles": lambda: StreamingResponse(_drops()),
    "huge": lambda: None,
    "compressed": lambda: PlainTextResponse(b"x", headers={"Content-Encoding": "br"}),
    "a page": lambda: HTMLResponse("<h1>Welcome</h1>"),
    "an array": lambda: JSONResponse([1]),
    "deep": lambda: PlainTextResponse("[" * 100_000),
    "nothing": lambda: PlainTextResponse(""),
    "elsewhere": lambda: RedirectResponse("https://evil.example/"),
}


async def fault_of(name: str) -> Response:
    """Answer as `name` says, or not at all."""
    response = FAULTS[name]()
    if response is None:
        await asyncio.sleep(3600)
        return Response()
    return response
