"""Every operation of the API as its OpenAPI document has it, for tests of all of them."""

import re
from dataclasses import dataclass
from typing import Any

from httpx2 import AsyncClient

from tests.clients import API

Schema = dict[str, Any]

NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Operation:
    """One method of one path; `body` is None where there is none to send."""

    name: str
    method: str
    path: str
    url: str
    parameters: list[Schema]
    media_type: str | None
    body: Schema | None

    @property
    def properties(self) -> dict[str, Schema]:
        """The members of the body."""
        return {} if self.body is None else self.body["properties"]


@dataclass(frozen=True)
class Document:
    """The document, with what the tests ask of it."""

    content: Schema

    def resolve(self, schema: Schema) -> Schema:
        """Follow a reference, if `schema` is one."""
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.content["components"]["schemas"][name] if name else schema

    @property
    def operations(self) -> list[Operation]:
        """All of them."""
        return [
            self._operation(method, path, item)
            for path, methods in self.content["paths"].items()
            for method, item in methods.items()
        ]

    @property
    def with_json(self) -> list[Operation]:
        """Those that take a body of JSON."""
        return [op for op in self.operations if op.media_type == "application/json"]

    def _operation(self, method: str, path: str, item: Schema) -> Operation:
        content = item.get("requestBody", {}).get("content", {})
        media_type = next(iter(content), None)
        return Operation(
            name=f"{method.upper()} {path.removeprefix(API)}",
            method=method.upper(),
            path=path,
            url=re.sub(r"{\w+}", NOBODY, path),
            parameters=item.get("parameters", []),
            media_type=media_type,
            body=self.resolve(content[media_type]["schema"]) if media_type else None,
        )


async def read_document(client: AsyncClient) -> Document:
    """Ask the service, which is in development, for its document."""
    return Document((await client.get("/openapi.json")).json())
