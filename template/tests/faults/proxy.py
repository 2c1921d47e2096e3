"""A proxy between the service and its database, where the network breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path


class Proxy:
    """Passes bytes on; late by `delay` seconds, or not at all while it is a black hole."""

    def __init__(self, upstream: Path) -> None:
        self.upstream = upstream
        self.delay = 0.0
        self.passing = asyncio.Event()
        self.passing.set()
        self.writers: set[asyncio.StreamWriter] = set()

    def reset(self) -> None:
        """Break every connection."""
        for writer in self.writers:
            writer.transport.abort()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Connect one client."""
        with suppress(OSError):
            await self.passing.wait()
            back, forth = await asyncio.open_unix_connection(self.upstream)
            self.writers |= {writer, forth}
            ways = self._copy(reader, forth), self._copy(back, writer)
            await asyncio.gather(*ways)
            self.writers -= {writer, forth}
        writer.close()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await asyncio.sleep(self.delay)
                await self.passing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def run_proxy(upstream: Path) -> AsyncIterator[tuple[Proxy, int]]:
    """Run a proxy to a unix socket; with it comes its port."""
    proxy = Proxy(upstream)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        proxy.passing.set()
        proxy.reset()
