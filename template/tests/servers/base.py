"""What the tests need of a database server."""

from typing import Protocol


class DatabaseServer(Protocol):
    """Makes databases for one test worker."""

    unreachable_url: str
    """The URL of a database that is not there."""

    async def create(self, template: str | None = None) -> str:
        """Make a database, empty or a copy of the one at the URL `template`; its URL."""

    async def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
