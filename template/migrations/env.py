"""Runs the migrations, on the database of the settings."""

import asyncio
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from app.core.database import create_engine, is_unavailable
from app.core.startup import load_settings, refuse
from app.models.base import Base
from app.registry import DIALECT


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


async def run_online() -> None:
    """Connect and run the migrations; without a database exit with a line that says so."""
    settings = context.config.attributes.get("settings") or load_settings()
    engine = create_engine(settings, DIALECT)
    try:
        connection = await engine.connect()
    except Exception as error:
        if is_unavailable(error, DIALECT):
            refuse(["APP_DATABASE_URL: no database answers there; is it running?"])
        raise
    try:
        await connection.run_sync(run_inside)
    finally:
        await connection.close()
        await engine.dispose()


if context.is_offline_mode():
    run(None)
else:
    asyncio.run(run_online())
