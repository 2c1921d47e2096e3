"""Runs the migrations, on the database of the settings."""

import asyncio
from contextlib import aclosing
from time import monotonic
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeDecorator

from app.core.config import Settings
from app.core.database import create_engine, is_unavailable
from app.core.dialect import TimeLimits
from app.core.startup import give_up, load_settings, refuse
from app.models.base import Base
from app.registry import DIALECT, SETTINGS

WAIT_SECONDS = 60
"""How long to try while others hold locks, unless `alembic -x wait=...` says it."""

LOCK_SECONDS = 2
"""How long to wait for one lock: who asks for the same table waits behind it."""

LONGEST_PAUSE = 5


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write the column type of a model's own type, so that migrations import no models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: Connection | None) -> None:
    """Run the migrations on `connection`, or with None print their SQL."""
    context.configure(
        connection=connection,
        dialect_name=DIALECT.name,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        render_as_batch=DIALECT.alters_by_copy,
        render_item=render_item,
        literal_binds=connection is None,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_inside(connection: Connection) -> None:
    """Run the migrations as the database wants it, and commit them together."""
    with DIALECT.migrating(connection):
        run(connection)
    connection.commit()


def is_locked(error: Exception) -> bool:
    """Whether somebody else holds a lock."""
    return isinstance(error, DBAPIError) and DIALECT.is_locked(error)


async def connect(engine: AsyncEngine) -> AsyncConnection:
    """Connect; without a database exit with a line that says so."""
    try:
        return await engine.connect()
    except Exception as error:
        if is_unavailable(error, DIALECT) and not is_locked(error):
            refuse(["APP_DATABASE_URL: no database answers there; is it running?"])
        raise


async def run_once(settings: Settings, limits: TimeLimits) -> None:
    """Run the migrations, on a connection that ends with them and so do its locks."""
    engine = create_engine(settings, DIALECT, limits)
    try:
        async with aclosing(await connect(engine)) as connection:
            await connection.run_sync(run_inside)
    finally:
        await engine.dispose()


async def run_online() -> None:
    """Run the migrations, again while others hold a lock; then exit with a line."""
    settings = context.config.attributes.get("settings") or load_settings(SETTINGS)
    options = context.get_x_argument(as_dictionary=True)
    wait = float(options.get("wait", WAIT_SECONDS))
    limits = TimeLimits(lock=max(0.1, min(LOCK_SECONDS, wait / 4)))
    deadline = monotonic() + wait
    pause = 0.25
    while True:
        try:
            return await run_once(settings, limits)
        except DBAPIError as error:
            if not is_locked(error):
                raise
            if monotonic() + pause > deadline:
                reason = error.orig and (error.orig.__cause__ or error.orig)
                give_up(
                    f"Gave up after {wait:g} seconds: {reason}. End the transaction that "
                    "holds the lock, or wait longer: alembic -x wait=600 upgrade head"
                )
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


if context.is_offline_mode():
    run(None)
else:
    asyncio.run(run_online())
