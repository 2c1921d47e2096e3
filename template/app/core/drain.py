"""Stopping without losing a request."""

import asyncio
import signal
from types import FrameType

import uvicorn


class Drain:
    """Between SIGTERM and the stop, requests are answered and readiness says 503.

    Balancers learn of the stop by asking; until they have, they send requests. uvicorn
    alone closes its door at once, and ends by the signal instead of with exit code 0.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun = False

    def watch(self) -> None:
        """Take SIGTERM over from uvicorn, when it is uvicorn that runs this process."""
        stop_at_once = signal.getsignal(signal.SIGTERM)
        server = getattr(stop_at_once, "__self__", None)
        if not isinstance(server, uvicorn.Server):
            return
        loop = asyncio.get_running_loop()

        def begin(number: int, frame: FrameType | None) -> None:
            if self.begun:
                server.handle_exit(number, frame)
            self.begun = True
            loop.call_soon_threadsafe(
                loop.call_later, self.seconds, setattr, server, "should_exit", True
            )

        signal.signal(signal.SIGTERM, begin)
