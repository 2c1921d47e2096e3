"""The application: FastAPI, and what it says of our errors."""

from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.core.startup import briefly
from app.schemas.error import Problem

# Every route may answer with an error, so each says so; the shape is always the same.
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "An error",
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"}
            }
        },
    }
}


class Application(FastAPI):
    """FastAPI, with the shape of errors among its schemas and brief about its start."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; of a start that fails for a reason of ours, say the reason alone."""
        if scope["type"] == "lifespan":
            send = briefly(send)
        await super().__call__(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return document
