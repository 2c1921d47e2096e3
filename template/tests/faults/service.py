"""The service as a process of its own, on a real socket."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psutil
from httpx2 import AsyncClient, Limits, TransportError

from tests.clients import API
from tests.harness import SECRET_KEY
from tests.servers.base import free_port

START_SECONDS = 30

Start = Callable[..., AbstractAsyncContextManager["Service"]]


@dataclass(frozen=True)
class Service:
    """A running service: the process, a client of it, and its log."""

    process: Process
    client: AsyncClient
    log: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.client.base_url.port or 0)

    @property
    def workers(self) -> set[int]:
        """The ids of the processes that answer."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return {child.pid for child in children if "spawn_main" in _command(child)}

    @property
    def starts(self) -> int:
        """How often one of them was ready to answer."""
        return self.log.read_text().count("Application startup complete")

    @property
    def memory(self) -> int:
        """What it holds in memory, in bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    @property
    def open_files(self) -> int:
        """How many files and sockets it has open."""
        return int(psutil.Process(self.process.pid).num_fds())

    async def is_live(self) -> bool:
        """Whether the process answers."""
        try:
            return (await self.client.get("/health/live")).status_code == 200
        except TransportError:
            return False

    async def status(self, path: str) -> int:
        """What a request is answered with."""
        return (await self.client.get(path)).status_code

    async def connections(self) -> int:
        """How many connections to the database are in use."""
        return int((await self.client.get("/faults/connections")).json())

    async def stop(self, seconds: float, number: int = signal.SIGTERM) -> int:
        """Send a signal; the exit code, when the process ends in time."""
        self.process.send_signal(number)
        async with asyncio.timeout(seconds):
            return await self.process.wait()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("APP_")}
    return kept | {
        "APP_ENVIRONMENT": "development",
        "APP_SECRET_KEY": SECRET_KEY,
        "APP_RATE_LIMIT_ENABLED": "false",
        "APP_ALLOWED_HOSTS": "127.0.0.1",
        "APP_ARGON2_MEMORY_KIB": "8",
        "APP_ARGON2_TIME_COST": "1",
        **settings,
    }


@asynccontextmanager
async def run_service(
    folder: Path,
    headers: Mapping[str, str],
    *options: str,
    output: int | None = None,
    **settings: str,
) -> AsyncIterator[Service]:
    """Start the service, with further options of uvicorn and further settings.

    It logs to a file in `folder`, or to the file descriptor `output`; its client sends
    `headers`.
    """
    port = free_port()
    log = folder / f"service-{port}.log"
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "tests.faults.app:app"),
            *(f"--port={port}", "--no-server-header", *options),
            env=_environment({"APP_MAIL_URL": f"file:{folder / 'mail'}"} | settings),
            stdin=DEVNULL,
            stdout=file if output is None else output,
            stderr=STDOUT,
        )
    limits = Limits(max_connections=None, max_keepalive_connections=100)
    async with AsyncClient(
        base_url=f"http://127.0.0.1:{port}{API}",
        headers=headers,
        timeout=30,
        limits=limits,
    ) as client:
        service = Service(process, client, log)
        try:
            await wait_until_live(service)
            yield service
        finally:
            await _kill(process)


async def _kill(process: Process) -> None:
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def wait_until_live(service: Service, seconds: float = START_SECONDS) -> None:
    """Wait until the process answers."""
    end = monotonic() + seconds
    while not await service.is_live():
        assert service.process.returncode is None, service.log.read_text()
        assert monotonic() < end, service.log.read_text()
        await asyncio.sleep(0.05)
