"""A file of SQLite, and the ways in which it fails."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import psutil
import pytest
from alembic import command

from tests.harness import alembic_config


class FaultySQLite:
    """A migrated database in a folder of its own."""

    slow_statement = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n"
    )

    def __init__(self, folder: Path) -> None:
        self.path = folder / "app.db"
        self.url = self.direct_url = f"sqlite:///{self.path}"

    async def running_statements(self) -> int:
        """The threads of the service that are busy."""
        busy = 0
        for process in _processes_of(self.path):
            busy += process.cpu_percent(0.3) > 50
        return busy

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    @asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Let no process of the service write anything to any file."""
        limits = {
            process.pid: resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            for process in _processes_of(self.path)
        }
        for pid, (_, hard) in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            for pid, limit in limits.items():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)

    def copy_to(self, path: Path) -> None:
        """Make a copy, folder and all."""
        path.parent.mkdir()
        with closing(sqlite3.connect(self.path)) as source:
            with closing(sqlite3.connect(path)) as copy:
                source.backup(copy)

    def check(self) -> str:
        """What the database says of itself."""
        with closing(sqlite3.connect(self.path)) as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def _processes_of(path: Path) -> Iterator[psutil.Process]:
    """The processes of the service on this database."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(path) in process.environ().get("APP_DATABASE_URL", ""):
                yield process


@pytest.fixture(scope="session")
async def faulty_database(tmp_path_factory: pytest.TempPathFactory) -> FaultySQLite:
    database = FaultySQLite(tmp_path_factory.mktemp("faults") / "data")
    database.path.parent.mkdir()
    config = alembic_config(database.url)
    await asyncio.to_thread(command.upgrade, config, "head")
    return database
