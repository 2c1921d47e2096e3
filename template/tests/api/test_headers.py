"""The headers of every answer, and the rules for hosts, origins and HTTPS."""

import base64
import hashlib

import pytest
from httpx2 import AsyncClient

from tests.clients import API
from tests.harness import LiveClient

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("path", ["/health/live", "/users/me", "/nothing"])
async def test_security_headers_are_on_every_answer(
    client: AsyncClient, path: str
) -> None:
    headers = (await client.get(API + path)).headers
    assert {name: headers.get(name) for name in SECURITY} == SECURITY
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        ("abcdef-123456", True),
        ("a" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("with space in it", False),
        ("quote'or\"another", False),
    ],
)
async def test_request_id_is_kept_when_it_is_harmless(
    client: AsyncClient, offered: str, kept: bool
) -> None:
    response = await client.get(f"{API}/health/live", headers={"X-Request-ID": offered})
    assert (response.headers["X-Request-ID"] == offered) is kept


async def test_foreign_hosts_are_refused_but_for_health_checks(
    client: AsyncClient,
) -> None:
    for host in ("evil.example", "test.evil.example", "a b", "a@test", ""):
        response = await client.get(f"{API}/users/me", headers={"Host": host})
        assert (response.status_code, response.json()["type"]) == (
            400,
            "invalid_request",
        )
        live = await client.get(f"{API}/health/live", headers={"Host": host})
        assert live.status_code == 200
    for host in ("test", "TEST", "test:8000"):
        response = await client.get(f"{API}/users/me", headers={"Host": host})
        assert response.status_code == 401


async def test_two_hosts_are_refused(client: AsyncClient) -> None:
    headers = [("Host", "test"), ("Host", "evil.example")]
    response = await client.get(f"{API}/users/me", headers=headers)
    assert response.status_code == 400


PRODUCTION = {
    "environment": "production",
    "argon2_memory_kib": 19_456,
    "argon2_time_cost": 2,
    "allowed_hosts": ["api.example.com", "*.apps.example.com"],
}


async def test_production_wants_https_and_hides_its_documentation(
    live_client: LiveClient,
) -> None:
    async with live_client(**PRODUCTION) as client:
        host = {"Host": "api.example.com"}
        clear = await client.get(f"{API}/users/me", headers=host)
        assert (clear.status_code, clear.json()["type"]) == (403, "https_required")
        live = await client.get(f"{API}/health/live")
        assert live.status_code == 200
        assert "max-age=31536000" in live.headers["Strict-Transport-Security"]
        for name in ("api.example.com", "a.apps.example.com"):
            secure = await client.get(f"https://{name}{API}/users/me")
            assert secure.status_code == 401
        for odd in ("a b.apps.example.com", "u@.apps.example.com", ".apps.example.com"):
            refused = await client.get(f"{API}/users/me", headers={"Host": odd})
            assert refused.status_code == 400
        for path in ("/openapi.json", "/docs", "/redoc"):
            hidden = await client.get(f"https://api.example.com{path}")
            assert hidden.status_code == 404


async def test_only_the_named_origins_may_call_from_a_browser(
    live_client: LiveClient,
) -> None:
    page, preflight = (
        "https://app.example.com",
        {"Access-Control-Request-Method": "GET"},
    )
    async with live_client(cors_origins=[page]) as client:
        for origin in (page, "https://evil.example", "null"):
            response = await client.options(
                f"{API}/users/me", headers=preflight | {"Origin": origin}
            )
            allowed = response.headers.get("Access-Control-Allow-Origin")
            assert allowed == (page if origin == page else None)
            assert "Origin" in response.headers["Vary"]
            if origin != page:
                assert response.status_code == 400
                assert response.json()["status"] == 400
            simple = await client.get(f"{API}/nothing", headers={"Origin": origin})
            allowed = simple.headers.get("Access-Control-Allow-Origin")
            assert allowed == (page if origin == page else None)


async def test_documentation_is_there_in_development_and_may_run_its_script(
    client: AsyncClient,
) -> None:
    assert (await client.get("/openapi.json")).status_code == 200
    page = await client.get("/docs")
    assert page.status_code == 200
    script = page.text.partition("<script>")[2].partition("</script>")[0]
    assert "SwaggerUIBundle(" in script
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
