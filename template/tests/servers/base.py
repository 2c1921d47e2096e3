"""What the tests need of a database server."""

import socket
from typing import Protocol


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DatabaseServer(Protocol):
    """Makes databases for one test worker."""

    unreachable_url: str
    """The URL of a database that is not there."""

    async def create(self, template: str | None = None, name: str | None = None) -> str:
        """Make a database, empty or a copy of the one at the URL `template`; its URL.

        It is the same whenever the `name` is.
        """

    async def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
