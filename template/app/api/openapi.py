"""The OpenAPI document: what FastAPI writes, and the shape of our errors."""

from typing import Any

from fastapi import FastAPI

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
    """FastAPI, with the shape of errors among its schemas."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return document
