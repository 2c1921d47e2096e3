"""What differs between databases, so that nothing else has to."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """A database the service can run on."""

    name: str
    driver: str
    aliases: frozenset[str] = frozenset()
    alters_by_copy: bool = False
    """Whether a migration has to copy a table to alter it."""
    connect_args: Mapping[str, object] = field(default_factory=dict)
    migrating: Callable[[Connection], AbstractContextManager[None]] = lambda _: (
        nullcontext()
    )
    """What migrations run inside of."""
    prepare: Callable[[AsyncEngine], None] = lambda _: None

    def parse_url(self, value: str) -> URL:
        """Read any SQLAlchemy URL of this database; without a driver it gets ours.

        Raises `ValueError` when it is the URL of another database.
        """
        url = make_url(value)
        if url.get_backend_name() not in self.aliases | {self.name}:
            message = f"This service runs on {self.name}, not {url.get_backend_name()}."
            raise ValueError(message)
        if "+" in url.drivername:
            return url
        return url.set(drivername=f"{self.name}+{self.driver}")
