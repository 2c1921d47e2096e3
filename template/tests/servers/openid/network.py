"""How the provider is run and reached."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from httpx2 import AsyncBaseTransport, AsyncHTTPTransport
from httpx2 import Request as ClientRequest
from httpx2 import Response as ClientResponse
from starlette.applications import Starlette
from starlette.routing import Route

from tests.live import free_listener
from tests.servers.openid.server import OpenIDServer

# Made once, for it takes as long as a test: the server's HTTP is plain.
_TLS = ssl.create_default_context()


class Rerouted(AsyncBaseTransport):
    """Sends requests for any provider to the server, over a real socket."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._transport = AsyncHTTPTransport(verify=_TLS)

    async def handle_async_request(self, request: ClientRequest) -> ClientResponse:
        """Send a request."""
        server = request.url.copy_with(
            scheme="http", host="127.0.0.1", port=int(self._url.rpartition(":")[2])
        )
        request.url = server
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the tests."""
        yield


@asynccontextmanager
async def openid_server() -> AsyncIterator[OpenIDServer]:
    """Serve on a free port of the loopback address."""
    provider = OpenIDServer()
    app = Starlette(
        routes=[Route("/{path:path}", provider.answer, methods=["GET", "POST"])]
    )
    listener = free_listener()
    provider.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve([listener]))
    yield provider
    server.should_exit = True
    server.force_exit = True
    await task
    listener.close()
