"""Keyset pagination: a page, and a cursor to the next one."""

import base64
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

ItemT = TypeVar("ItemT")

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str, Query(max_length=22, pattern=r"^[A-Za-z0-9_-]{22}$")]
"""An opaque place in a list: 22 characters are exactly one id."""


def encode_cursor(id_: UUID | None) -> str | None:
    """Return the cursor that a page behind `id_` is asked for with."""
    if id_ is None:
        return None
    return base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> UUID | None:
    """Return the id that a `cursor` stands for."""
    if cursor is None:
        return None
    return UUID(bytes=base64.urlsafe_b64decode(f"{cursor}=="))


class Page(BaseModel, Generic[ItemT]):
    """Items, oldest first; `next_cursor` is null on the last page."""

    items: list[ItemT]
    next_cursor: str | None
