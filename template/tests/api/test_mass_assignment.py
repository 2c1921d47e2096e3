"""What callers may not set, what null means, and what they are not told."""

from collections.abc import Iterator

from httpx2 import AsyncClient

from tests.operations import Document, Schema, read_document
from tests.tables import rows

Headers = dict[str, str]

SERVER_SIDE = {
    "id": "00000000-0000-7000-8000-000000000000",
    "email_canonical": "x",
    "email_verified": True,
    "is_active": True,
    "is_superuser": True,
    "roles": ["admin"],
    "permissions": ["users:write"],
    "password_hash": "x",
    "provider": "x",
    "subject": "x",
    "user_id": "00000000-0000-7000-8000-000000000000",
    "session_id": "00000000-0000-7000-8000-000000000000",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "version": 1,
    "surprise": 1,
}

# What administrators may set all the same.
SETTABLE = {
    "POST /users": {"roles"},
    "PATCH /users/{user_id}": {"roles", "is_active"},
    # yours
}


async def test_fields_that_are_not_the_callers_are_refused(
    client: AsyncClient, admin: Headers
) -> None:
    for operation in (await read_document(client)).operations:
        if operation.body is None:
            continue
        fields = SERVER_SIDE.keys() - SETTABLE.get(operation.name, set())
        extra = {field: SERVER_SIDE[field] for field in fields}
        is_form = operation.media_type != "application/json"
        response = await client.request(
            operation.method,
            operation.url,
            data=extra if is_form else None,
            json=None if is_form else extra,
            headers=admin,
        )
        assert response.status_code == 422, operation.name
        refused = {
            item["loc"][-1]
            for item in response.json()["details"]
            if item["type"] == "extra_forbidden"
        }
        assert refused == fields, operation.name


# Where more than the name can be null.
NULLABLE = {
    "POST /users": {"full_name", "password"},
    # yours
}
for more in rows("NULLABLE"):
    NULLABLE |= more


async def test_null_is_refused_where_there_is_no_such_thing(
    client: AsyncClient, admin: Headers
) -> None:
    document = await read_document(client)
    for operation in document.with_json:
        # With one that is refused in any case, since null alone may change nothing.
        members = operation.properties.keys() | {"surprise"}
        response = await client.request(
            operation.method,
            operation.url,
            json=dict.fromkeys(members),
            headers=admin,
        )
        assert response.status_code == 422, operation.name
        refused = {item["loc"][1] for item in response.json()["details"]}
        nullable = NULLABLE.get(operation.name, {"full_name"})
        assert refused == members - nullable, operation.name


def names(document: Document, schema: Schema) -> Iterator[str]:
    """The names of all members of `schema`, however deep."""
    schema = document.resolve(schema)
    for name, member in schema.get("properties", {}).items():
        yield name
        yield from names(document, member)
    for part in (*schema.get("anyOf", ()), schema.get("items", {})):
        if part:
            yield from names(document, part)


# Every member that an answer may have.
TOLD = {
    "status", "access_token", "refresh_token", "token_type", "expires_in",
    "id", "email", "full_name", "is_active", "email_verified", "roles",
    "created_at", "updated_at", "items", "next_cursor", "name", "permissions",
    "last_used_at", "expires_at", "ip", "user_agent", "current",
    # yours
}  # fmt: skip
TOLD = TOLD.union(*rows("TOLD"))


async def test_no_answer_tells_more_than_is_meant_to(client: AsyncClient) -> None:
    document = await read_document(client)
    for path, methods in document.content["paths"].items():
        for item in methods.values():
            for status, answer in item["responses"].items():
                if status.startswith("2"):
                    for content in answer.get("content", {}).values():
                        told = set(names(document, content["schema"]))
                        assert told <= TOLD, f"{path}: what may be told is in TOLD"
