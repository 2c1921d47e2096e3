"""The shape of every error (RFC 9457's media type)."""

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """What went wrong."""

    type: str = Field(description="A stable code for programs.")
    status: int
    error: str = Field(description="A message for people.")
    details: list[Any] | dict[str, Any]
    request_id: str
