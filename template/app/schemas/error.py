"""The shape of every error (RFC 9457's media type)."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """What went wrong."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """A stable code for programs."""

    status: int
    error: str
    """A message for people."""

    details: list[Any] | dict[str, Any]
    request_id: str
