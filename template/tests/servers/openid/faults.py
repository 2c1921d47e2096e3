"""What else an endpoint may answer."""

import asyncio
import gzip
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


_INSTEAD: dict[str, Callable[[], Response | None]] = {
    "down": lambda: PlainTextResponse("Down.", 500),
    "hangs": lambda: None,
    "trickles": lambda: StreamingResponse(_drops()),
    "a page": lambda: HTMLResponse("<h1>Welcome</h1>"),
    "an array": lambda: JSONResponse([1]),
    "deep": lambda: PlainTextResponse("[" * 100_000),
    "nothing": lambda: PlainTextResponse(""),
    "elsewhere": lambda: RedirectResponse("https://evil.example/"),
}

SPOILED: dict[str, Callable[[bytes], Response]] = {
    "huge": lambda body: Response(b" " * 10_000_000 + body),
    "compressed": lambda body: Response(
        gzip.compress(body), headers={"Content-Encoding": "gzip"}
    ),
}
"""What is made of an answer that would do otherwise."""

FAULTS = [*_INSTEAD, *SPOILED]


async def fault_of(name: str) -> Response:
    """Answer as `name` says, or not at all."""
    response = _INSTEAD[name]()
    if response is None:
        await asyncio.sleep(3600)
        return Response()
    return response
