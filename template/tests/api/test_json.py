"""JSON that readers could understand differently, or not at all, on every route."""

import gc
import json

import pytest
from fastapi import APIRouter
from httpx2 import AsyncClient, Response
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.api.access import PUBLIC
from app.api.limits import CREDENTIALS
from app.application import create_app
from app.core.config import Settings
from app.core.extension import Extension
from tests.clients import API
from tests.harness import make_client, run_app, with_resources
from tests.operations import read_document

Headers = dict[str, str]

JSON = {"Content-Type": "application/json"}

BROKEN = [
    b"{",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"email": "a@example.com", "email": "b@example.com"}',
    b'{"a": {"b": 1, "b": 2}}',
    b'{"a": 1, "\\u0061": 2}',
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": "\xff"}',
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b"{" + b",".join(b'"%d":1' % number for number in range(2000)) + b"}",
]


def check_refusal(response: Response) -> None:
    assert response.headers["Content-Type"] == "application/problem+json"
    assert len(response.content) < 2048


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:16]))
async def test_broken_json_is_refused_everywhere(
    client: AsyncClient, body: bytes
) -> None:
    gc.collect()  # Amid the deep ones there is no room to finalize what tests left behind.
    for operation in (await read_document(client)).with_json:
        response = await client.request(
            operation.method, operation.url, content=body, headers=JSON
        )
        assert response.status_code == 400, operation.name
        check_refusal(response)


@given(
    body=st.binary(max_size=50)
    | st.text(alphabet='{}[]":,\\u0019eE+-. ntf\ufeff', max_size=50).map(str.encode)
)
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_no_body_breaks_the_service(client: AsyncClient, body: bytes) -> None:
    response = await client.post(f"{API}/auth/register", content=body, headers=JSON)
    assert 400 <= response.status_code < 500
    check_refusal(response)


async def test_what_is_no_json_by_its_type_is_refused_everywhere(
    client: AsyncClient, admin: Headers
) -> None:
    types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json, text/plain",
        "",
    ]
    for operation in (await read_document(client)).with_json:
        for media_type in types:
            headers = admin | ({"Content-Type": media_type} if media_type else {})
            response = await client.request(
                operation.method, operation.url, content=b"{}", headers=headers
            )
            assert response.status_code == 422, (operation.name, media_type)
            # The body is not read: as JSON it would lack members, if anything.
            assert response.json()["details"][0]["loc"] == ["body"]


async def test_json_reaches_the_endpoint_as_it_was_sent(settings: Settings) -> None:
    """The control of this file: what is refused is not refused for being JSON."""
    router = APIRouter(dependencies=[PUBLIC, CREDENTIALS])

    @router.post("/echo")
    async def echo(body: dict[str, object]) -> dict[str, object]:
        return body

    body = {"text": "ä\u2028😀", "number": -1.5e300, "deep": [[{"a": {"a": None}}]]}
    app = create_app(settings, [Extension(name="echo", router=router)])
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        for media_type in ("application/json", "Application/Problem+JSON; a=b"):
            response = await client.post(
                f"{API}/echo",
                content=json.dumps(body, ensure_ascii=False).encode(),
                headers={"Content-Type": media_type},
            )
            assert response.json() == body
