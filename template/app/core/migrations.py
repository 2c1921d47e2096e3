"""Whether the tables are the ones that this code was written for."""

import ast
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import inspect, text

from app.core.database import SessionFactory, is_unavailable
from app.core.dialect import Dialect
from app.core.startup import StartupError

_FOLDER = Path(__file__).parents[2] / "migrations"
_REMEDY = "run make migrate (uv run alembic upgrade head)."
_START_SECONDS = 2

_log = structlog.get_logger(__name__)


class SchemaError(StartupError):
    """The database was not migrated to what the code needs."""


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """The migrations that come with the code: the `known` ones, the last ones `heads`."""

    known: frozenset[str]
    heads: frozenset[str]

    def compare(self, current: frozenset[str]) -> None:
        """Raise `SchemaError` when a database at `current` is behind the code.

        A revision that the code does not know is of a later release, whose migrations
        keep this one running.
        """
        if not current:
            raise SchemaError(f"The database has no tables yet: {_REMEDY}")
        if current <= self.known and current != self.heads:
            there, here = (", ".join(sorted(found)) for found in (current, self.heads))
            message = f"The database is behind the code ({there}, not {here})"
            raise SchemaError(f"{message}: {_REMEDY}")

    async def check(self, factory: SessionFactory) -> None:
        """Raise `SchemaError` when the database is behind, or what reading it raised."""
        async with factory() as session:
            connection = await session.connection()
            current: frozenset[str] = frozenset()
            if await connection.run_sync(
                lambda sync: inspect(sync).has_table("alembic_version")
            ):
                versions = text("SELECT version_num FROM alembic_version")
                current = frozenset(await session.scalars(versions))
        self.compare(current)

    async def check_readiness(self, factory: SessionFactory, dialect: Dialect) -> None:
        """Check, but leave it to another check to tell of a database that is away."""
        try:
            await self.check(factory)
        except Exception as error:
            if not is_unavailable(error, dialect):
                raise

    async def check_start(self, factory: SessionFactory) -> bool:
        """Check; False for a database that does not answer in time: it may do so later."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self.check(factory)
        except SchemaError:
            raise
        except Exception as error:
            name = type(error).__name__
            _log.warning("database_unreachable_at_start", error=name)
            return False
        return True


@cache
def load_migrations(folder: Path = _FOLDER) -> Migrations:
    """Read the migrations in `folder`, as text: Alembic itself would take 8 MB.

    Raises `SchemaError` when `revision` or `down_revision` is no plain value.
    """
    known: set[str] = set()
    followed: set[str] = set()
    for script in (folder / "versions").glob("*.py"):
        constants = _read_constants(script)
        if "revision" in constants:
            known.add(constants["revision"])
            before = constants.get("down_revision") or ()
            followed.update([before] if isinstance(before, str) else before)
    return Migrations(known=frozenset(known), heads=frozenset(known - followed))


def _read_constants(script: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in _assignments(script):
        try:
            found[name] = ast.literal_eval(value)
        except ValueError:
            message = f"Write {name} as a plain value in {script}."
            raise SchemaError(message) from None
    return found


def _assignments(script: Path) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.parse(script.read_bytes(), str(script)).body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name in {"revision", "down_revision"}:
                yield name, value
