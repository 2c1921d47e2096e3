"""SQLite for the tests: each database is a file in a temporary folder."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url


class SQLiteFiles:
    """Makes databases in one folder."""

    unreachable_url = "sqlite:////nowhere/to/be/found.db"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def create(self, template: str | None = None, name: str | None = None) -> str:
        """Make a database, empty or a copy of the one at the URL `template`; its URL."""
        path = self.folder / f"{name or uuid4().hex}.db"
        if template is not None:
            shutil.copy(make_url(template).database or "", path)
        return f"sqlite+aiosqlite:///{path}"

    async def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
        for path in self.folder.glob(f"{Path(make_url(url).database or '').name}*"):
            path.unlink()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    return SQLiteFiles(tmp_path_factory.mktemp("databases"))
