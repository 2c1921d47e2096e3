"""Which pages may call the API from a browser, and how."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient, Response

from app.application import create_app
from app.core.config import Settings
from tests.clients import API
from tests.harness import make_client, run_app, with_resources

PAGE = "https://app.example.com"

OTHERS = [
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "https://evil.app.example.com",
    "https://evilapp.example.com",
    "https://appxexample.com",
    "https://app.example.com/",
    "https://app.example.com, https://evil.example",
    "null",
    "*",
    "",
]


METHODS = ["GET", "POST", "PATCH", "DELETE"]
OTHER_METHODS = ["PUT", "TRACE", "FOO", "get", "*"]


@pytest.fixture
async def named(settings: Settings) -> AsyncIterator[AsyncClient]:
    """A client of a service with one origin."""
    app = create_app(settings.model_copy(update={"cors_origins": [PAGE]}))
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        yield client


async def preflight(
    client: AsyncClient, origin: str, method: str, header: str
) -> Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": header,
    }
    return await client.options(f"{API}/users/me", headers=headers)


def check_varies(response: Response) -> None:
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def check_tells(response: Response) -> None:
    told = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Idempotency-Replayed", "Retry-After", "X-Request-ID"} <= set(told)


async def test_exactly_the_named_origins_may_call(named: AsyncClient) -> None:
    for origin in (PAGE, *OTHERS):
        allowed = PAGE if origin == PAGE else None
        asked = await preflight(named, origin, "GET", "authorization")
        assert asked.status_code == (200 if allowed else 400)
        assert asked.headers.get("Access-Control-Allow-Origin") == allowed
        check_varies(asked)
        if allowed:
            check_tells(await named.get(f"{API}/users/me", headers={"Origin": origin}))
        else:
            assert asked.headers["Content-Type"] == "application/problem+json"
        for path in ("/users/me", "/nothing"):
            simple = await named.get(API + path, headers={"Origin": origin})
            assert simple.headers.get("Access-Control-Allow-Origin") == allowed
            check_varies(simple)


async def test_only_what_the_api_uses_may_be_sent(named: AsyncClient) -> None:
    for method, header, status in (
        *((method, "authorization", 200) for method in METHODS),
        *((method, "authorization", 400) for method in OTHER_METHODS),
        ("POST", "content-type, idempotency-key, if-match, x-request-id", 200),
        ("POST", "x-surprise", 400),
        ("POST", "authorization, cookie", 400),
        ("POST", "*", 400),
    ):
        response = await preflight(named, PAGE, method, header)
        assert response.status_code == status, (method, header)
        check_varies(response)
        if status == 200:
            allowed = response.headers["Access-Control-Allow-Methods"]
            assert allowed.split(", ") == METHODS


async def test_nobody_may_call_unless_named(client: AsyncClient) -> None:
    for origin in (PAGE, "http://test", "null"):
        asked = await preflight(client, origin, "GET", "authorization")
        simple = await client.get(f"{API}/users/me", headers={"Origin": origin})
        for response in (asked, simple):
            assert "Access-Control-Allow-Origin" not in response.headers
