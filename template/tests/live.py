"""The application on a real server, in a thread with an event loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI

from app.core.resources import Resources
from tests.harness import run_app, with_resources

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class LiveServer:
    """A running server: its address, and what the application holds."""

    url: str
    resources: Resources
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Run `work` where the server runs, and wait for what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)


def free_listener() -> socket.socket:
    """A socket on a free port of the loopback address."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Else an answer's body waits for the client's delayed acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextmanager
def serve(
    app: FastAPI, listener: socket.socket | None = None, **options: Any
) -> Iterator[LiveServer]:
    """Serve `app` on `listener`, or a free port; `options` are uvicorn's."""
    listener = listener or free_listener()
    started = threading.Event()
    running: list[tuple[LiveServer, uvicorn.Server]] = []

    async def main() -> None:
        async with run_app(app) as resources:
            config = uvicorn.Config(
                with_resources(app, resources),
                lifespan="off",
                server_header=False,
                log_config=None,
                **options,
            )
            server = uvicorn.Server(config)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            live = LiveServer(url, resources, asyncio.get_running_loop())
            running.append((live, server))
            started.set()
            await server.serve([listener])

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    started.wait(timeout=30)
    live, server = running[0]
    yield live
    server.should_exit = True
    thread.join(timeout=30)
    listener.close()
