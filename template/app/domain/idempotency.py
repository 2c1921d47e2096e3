"""Requests that take effect once, however often they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

LIFETIME = timedelta(hours=24)
"""How long an answer is kept for those who ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request with a key; `content` is all that makes it the same one when it is sent again."""

    user_id: UUID
    method: str
    path: str
    key: str
    content: bytes

    @property
    def scope(self) -> str:
        """Where the key counts; nothing before the key can hold a line break but the path."""
        return f"{self.user_id}\n{self.method}\n{self.path}\n{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
