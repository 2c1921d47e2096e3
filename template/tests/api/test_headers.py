"""The headers of every answer, and the rules for hosts, origins and HTTPS."""

import base64
import hashlib
import re

import pytest
from httpx2 import AsyncClient, Response

from tests.clients import API, login
from tests.harness import LiveClient
from tests.operations import read_document

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


# What they answer may be kept by everybody, and for how long: `@cache`.
KEPT = {f"{API}/roles": "public, max-age=300"}
# yours


def check_headers(response: Response) -> None:
    headers = response.headers
    found = {name: headers.get(name) for name in SECURITY}
    kept = KEPT.get(response.request.url.path, SECURITY["Cache-Control"])
    assert found == SECURITY | {"Cache-Control": kept}, (
        response.request.method,
        response.url,
    )
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])
    assert not {"server", "x-powered-by", "location", "set-cookie"} & set(headers)
    assert "Strict-Transport-Security" not in headers


async def test_security_headers_are_on_every_answer(
    client: AsyncClient, admin: dict[str, str]
) -> None:
    operations = (await read_document(client)).operations
    for operation in operations:
        check_headers(await client.request(operation.method, operation.url))
        if operation.method == "GET":
            check_headers(await client.get(operation.url, headers=admin))
    check_headers(await login(client, "root@example.com"))
    check_headers(await login(client, "root@example.com", "wrong"))
    url = f"{API}/users/me"
    for method, path, headers in (
        ("GET", "/", {}),
        ("GET", f"{url}/", {}),
        ("PUT", url, {}),
        ("GET", "/openapi.json", {}),
        ("GET", url, {"Host": "evil.example"}),
        ("POST", url, {"Content-Length": "2000000"}),
        ("GET", f"{url}?{'a' * 9000}", {}),
        ("GET", url, {"X-Large": "a" * 40_000}),
        ("OPTIONS", url, {"Origin": "a", "Access-Control-Request-Method": "GET"}),
    ):
        check_headers(await client.request(method, path, headers=headers))


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


FOREIGN_HOSTS = (
    "evil.example", "test.evil.example", "eviltest", "test.", ".test", "*",
    "a b", "a@test", "test@evil.example", "test, evil.example", "test/", "test#", "test?",
    "test:", "test:x", "test:80:80", "test:-1", ":80", "[test]", "[::1", "te\tst", "",
)  # fmt: skip


async def test_foreign_hosts_are_refused_but_for_health_checks(
    client: AsyncClient,
) -> None:
    for host in FOREIGN_HOSTS:
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


HIDDEN = (
    "/openapi.json",
    "/docs",
    "/docs/oauth2-redirect",
    "/redoc",
    "/metrics",
    "/admin",
)

PRODUCTION = {
    "environment": "production",
    "argon2_memory_kib": 19_456,
    "argon2_time_cost": 2,
    "allowed_hosts": ["api.example.com", "*.apps.example.com"],
}


@pytest.mark.parametrize("environment", ["production", "staging"])
async def test_production_wants_https_and_hides_its_documentation(
    live_client: LiveClient, environment: str
) -> None:
    async with live_client(**(PRODUCTION | {"environment": environment})) as client:
        host = {"Host": "api.example.com"}
        clear = await client.get(f"{API}/users/me", headers=host)
        assert (clear.status_code, clear.json()["type"]) == (403, "https_required")
        assert "Location" not in clear.headers
        live = await client.get(f"{API}/health/live")
        assert live.status_code == 200
        for response in (clear, live):
            strict = response.headers["Strict-Transport-Security"]
            assert strict == "max-age=31536000; includeSubDomains"
        for name in ("api.example.com", "a.apps.example.com"):
            secure = await client.get(f"https://{name}{API}/users/me")
            assert secure.status_code == 401
        for odd in ("a b.apps.example.com", "u@.apps.example.com", ".apps.example.com"):
            refused = await client.get(f"{API}/users/me", headers={"Host": odd})
            assert refused.status_code == 400
        for path in HIDDEN:
            hidden = await client.get(f"https://api.example.com{path}")
            assert hidden.status_code == 404


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
