"""Every error has the same shape, tells nothing it should not, and is logged once."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import APIRouter
from httpx2 import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.api.access import PUBLIC
from app.api.dependencies import SessionDep
from app.core.config import Settings
from app.core.exceptions import APIException, ConflictError
from app.core.extension import Extension
from tests.clients import API
from tests.harness import Applications, Logs, make_client, with_resources

faults = APIRouter(dependencies=[PUBLIC])


@faults.get("/fault")
async def fault() -> None:
    """Fail as nobody foresaw."""
    message = "secret detail of /app/core/database.py"
    raise RuntimeError(message)


@faults.get("/unavailable")
async def unavailable() -> None:
    """Fail as when the database is away."""
    raise PoolTimeoutError


@faults.get("/base")
async def base() -> None:
    """Fail with the base of all errors."""
    raise APIException


@faults.get("/odd-details")
async def odd_details() -> None:
    """Fail with details that are no JSON."""
    raise ConflictError(details={"id": UUID(int=0), "odd": object})


@faults.get("/wrong-query")
async def wrong_query(session: SessionDep) -> None:
    """Fail with a mistake of ours that the database notices."""
    await session.execute(text("SELECT nope FROM nothere"))


@pytest.fixture
async def faulty(
    settings: Settings, applications: Applications
) -> AsyncIterator[AsyncClient]:
    """A client of an application with routes that fail."""
    extension = Extension(name="faults", router=faults)
    async with (
        applications.run(settings, [extension]) as (app, resources),
        make_client(with_resources(app, resources)) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", f"{API}/users/", 404, "not_found"),
        ("PUT", f"{API}/users", 405, "method_not_allowed"),
        ("TRACE", f"{API}/users", 405, "method_not_allowed"),
        ("GET", f"{API}/users/me", 401, "invalid_token"),
        ("POST", f"{API}/auth/register", 422, "validation_error"),
        ("GET", f"{API}/fault", 500, "internal_error"),
        ("GET", f"{API}/unavailable", 503, "unavailable"),
        ("GET", f"{API}/base", 500, "error"),
        ("GET", f"{API}/odd-details", 500, "internal_error"),
        ("GET", f"{API}/wrong-query", 500, "internal_error"),
    ],
)
async def test_every_error_has_the_same_shape(
    faulty: AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    response = await faulty.request(method, path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == {"type", "status", "error", "details", "request_id"}
    assert (problem["type"], problem["status"]) == (code, status)
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    for secret in ("secret", "RuntimeError", "/app/", "SELECT", "Traceback"):
        assert secret not in response.text


async def test_unavailable_says_when_to_come_back(faulty: AsyncClient) -> None:
    response = await faulty.get(f"{API}/unavailable")
    assert int(response.headers["Retry-After"]) > 0


async def test_unavailability_is_logged_once_as_a_warning(
    faulty: AsyncClient, logs: Logs
) -> None:
    await faulty.get(f"{API}/unavailable")
    warnings = [line for line in logs() if line["level"] == "warning"]
    assert [line["event"] for line in warnings] == ["unavailable"]


async def test_allow_names_every_method_of_the_path(client: AsyncClient) -> None:
    response = await client.put(f"{API}/users")
    assert response.headers["Allow"] == "GET, POST"
    response = await client.put(f"{API}/users/me")
    assert response.headers["Allow"] == "DELETE, GET, PATCH"


async def test_unhandled_exception_is_logged_once_with_the_request_id(
    faulty: AsyncClient, logs: Logs
) -> None:
    response = await faulty.get(f"{API}/fault")
    errors = [line for line in logs() if line["level"] == "error"]
    assert [line["event"] for line in errors] == ["unhandled_exception"]
    assert errors[0]["request_id"] == response.json()["request_id"]
    assert "RuntimeError" in errors[0]["exception"]


async def test_body_is_refused_by_its_declared_size_before_it_is_read(
    client: AsyncClient,
) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "2000000"}
    response = await client.post(f"{API}/auth/register", content=b"{}", headers=headers)
    assert response.status_code == 413


@pytest.mark.parametrize("declared", [True, False])
async def test_large_body_is_refused_whether_or_not_its_size_is_declared(
    client: AsyncClient, declared: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    content = b" " * 2_000_000 if declared else chunks()
    for path, kind in (
        ("/auth/register", "application/json"),
        ("/auth/login", "application/x-www-form-urlencoded"),
    ):
        response = await client.post(
            API + path, content=content, headers={"Content-Type": kind}
        )
        if not declared:
            content = chunks()
        assert response.status_code == 413, response.text
        assert response.json()["type"] == "payload_too_large"
        assert "X-Request-ID" in response.headers
