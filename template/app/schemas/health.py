"""Health checks."""

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    """All is well, or degraded: slower or worse, but at work."""

    status: Literal["ok", "degraded"] = "ok"
