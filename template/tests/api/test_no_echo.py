"""What a request holds comes back in no refusal, and is in no log."""

import json

from httpx2 import AsyncClient

from tests.harness import Logs
from tests.operations import read_document

Headers = dict[str, str]

CANARY = "canary-4711"


def logged(logs: Logs) -> str:
    """What the service has logged; the tests' client has its own opinion of secrets."""
    return json.dumps([line for line in logs() if line["logger"] != "httpx2"])


async def test_refused_bodies_are_neither_answered_nor_logged(
    client: AsyncClient, admin: Headers, logs: Logs
) -> None:
    values: list[object] = [
        CANARY,
        f"{CANARY}\0",
        [CANARY],
        {"a": CANARY},
        CANARY * 200,
    ]
    for operation in (await read_document(client)).operations:
        if operation.body is None:
            continue
        bodies = [
            CANARY,
            [CANARY],
            *({"surprise": 1} | dict.fromkeys(operation.properties, v) for v in values),
        ]
        for body in bodies:
            response = await client.request(
                operation.method, operation.url, json=body, headers=admin
            )
            assert response.status_code == 422, operation.name
            assert CANARY not in response.text
            for detail in response.json()["details"]:
                assert set(detail) == {"type", "loc", "msg"}
    assert CANARY not in logged(logs)


async def test_refused_forms_are_neither_answered_nor_logged(
    client: AsyncClient, logs: Logs
) -> None:
    for operation in (await read_document(client)).operations:
        if operation.media_type != "application/x-www-form-urlencoded":
            continue
        for value in (CANARY, f"{CANARY}\0", CANARY * 200):
            form = {"surprise": "1"} | dict.fromkeys(operation.properties, value)
            response = await client.request(operation.method, operation.url, data=form)
            assert response.status_code == 422, operation.name
            assert CANARY not in response.text
    assert CANARY not in logged(logs)


async def test_refused_parameters_are_not_answered(
    client: AsyncClient, admin: Headers, logs: Logs
) -> None:
    for operation in (await read_document(client)).operations:
        for parameter in operation.parameters:
            where, name = parameter["in"], parameter["name"]
            url = operation.path.replace(f"{{{name}}}", CANARY)
            bad = {name: CANARY * 200 if where == "header" else f"{CANARY}\0"}
            response = await client.request(
                operation.method,
                url,
                params=bad if where == "query" else {},
                headers=admin | (bad if where == "header" else {}),
            )
            # A name in a path can be any text: it is unknown, not malformed.
            is_name = where == "path" and parameter["schema"].get("format") != "uuid"
            expected = 404 if is_name else 422
            assert response.status_code == expected, (operation.name, name)
            assert CANARY not in response.text
    # Paths are logged as they come; what is secret has no place in one.
    assert f"{CANARY}\\u0000" not in logged(logs)
