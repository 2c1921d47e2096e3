"""Whatever a request can hold has a bound, by the OpenAPI document."""

from collections.abc import Iterator

from httpx2 import AsyncClient

from tests.operations import Document, Schema, read_document

BOUNDS = {
    "string": {"maxLength"},
    "array": {"maxItems"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "object": {"maxProperties"},
    "boolean": set[str](),
    "null": set[str](),
}
BOUNDED_FORMATS = {"uuid", "date", "date-time", "time"}


def unbounded(document: Document, schema: Schema, place: str) -> Iterator[str]:
    """The places in `schema` that take input of any size."""
    schema = document.resolve(schema)
    options = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for option in options:
        yield from unbounded(document, option, place)
    for name, member in schema.get("properties", {}).items():
        yield from unbounded(document, member, f"{place}.{name}")
    if "items" in schema:
        yield from unbounded(document, schema["items"], f"{place}[]")
    is_bounded = (
        {"enum", "const"} & set(schema)
        or schema.get("format") in BOUNDED_FORMATS
        or schema.get("additionalProperties") is False
        or (options and "type" not in schema)
        or BOUNDS.get(schema.get("type", ""), {"type"}) <= set(schema)
    )
    if not is_bounded:
        yield place


async def test_nothing_in_any_request_is_unbounded(client: AsyncClient) -> None:
    document = await read_document(client)
    found: list[str] = []
    for operation in document.operations:
        for parameter in operation.parameters:
            place = f"{operation.name} {parameter['in']} {parameter['name']}"
            found += unbounded(document, parameter["schema"], place)
        if operation.body is not None:
            found += unbounded(document, operation.body, operation.name)
    assert found == []


def test_what_is_unbounded_is_found() -> None:
    """The control of this file."""
    document = Document({"components": {"schemas": {"Text": {"type": "string"}}}})
    for schema in (
        {"type": "string"},
        {"type": "integer", "minimum": 0},
        {"type": "array", "items": {"const": 1}},
        {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Text"},
            "maxItems": 1,
        },
        {"type": "object", "properties": {}},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
        {},
    ):
        assert list(unbounded(document, schema, "here"))
