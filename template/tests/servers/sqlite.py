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
        path = self.folder / f"{uuid4().hex}.db"
        if template is not None:
            shutil.copy(make_url(template).database or "", path)
        if name is not None:
            # Who still has an earlier one open is left with that: SQLite follows the link
            # when it opens a file, and finds the log beside it under the file's own name.
            link = self.folder / name
            link.symlink_to(path)
            path = link
        return f"sqlite+aiosqlite:///{path}"

    async def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
        self._remove(Path(make_url(url).database or ""))

    def _remove(self, path: Path) -> None:
        for file in self.folder.glob(f"{path.resolve().name}*"):
            file.unlink()
        path.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    return SQLiteFiles(tmp_path_factory.mktemp("databases"))
