"""What callers send cannot forge, colour or poison a line of the log."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import APIRouter
from httpx2 import AsyncClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.api.access import PUBLIC
from app.api.dependencies import SessionDep
from app.core.config import Settings
from app.core.extension import Extension
from app.models.user import User
from tests.clients import API, login, register
from tests.harness import Applications, Logs, log_output, make_client, with_resources

CANARY = "canary-4711"
ODD_NUMBER = 4711 * 2**70
FORGED = '\r\n{"event": "forged"}\x1b[31m\x85\u2028\u2029\x9b'

faults = APIRouter(dependencies=[PUBLIC])


@faults.get("/taken")
async def taken(session: SessionDep) -> None:
    """Write an address twice."""
    for _ in range(2):
        email = f"{CANARY}@example.com"
        user = User(email=email, email_canonical=email, roles=[])
        user.password_hash = CANARY
        session.add(user)
    await session.flush()


@faults.get("/out-of-range")
async def out_of_range(session: SessionDep) -> None:
    """Hand the database a number that it cannot take."""
    query = text("SELECT id FROM users WHERE email = :email LIMIT :limit")
    await session.execute(query, {"email": CANARY, "limit": ODD_NUMBER})


@faults.get("/wrong-answer")
async def wrong_answer() -> list[int]:
    """Answer with something else than was declared."""
    answer: Any = [CANARY]
    return answer  # type: ignore[no-any-return]  # wrong on purpose


@faults.get("/failed-call")
async def failed_call() -> None:
    """Fail with an address in the message."""
    message = f"GET https://idp.example/cb?code={CANARY}&state={CANARY} failed"
    raise RuntimeError(message)


@pytest.fixture
async def faulty(
    own_database: str, settings: Settings, applications: Applications
) -> AsyncIterator[AsyncClient]:
    """A client of an application with routes that fail."""
    extension = Extension(name="faults", router=faults)
    async with (
        applications.run(settings, [extension]) as (app, resources),
        make_client(with_resources(app, resources)) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/taken", "IntegrityError"),
        ("/out-of-range", "Error"),
        ("/wrong-answer", "ResponseValidationError"),
        ("/failed-call", "RuntimeError"),
    ],
)
async def test_errors_are_logged_without_the_values_they_are_about(
    faulty: AsyncClient, logs: Logs, path: str, error: str
) -> None:
    assert (await faulty.get(API + path)).status_code == 500
    (line,) = [line for line in logs() if line["event"] == "unhandled_exception"]
    assert error in line["exception"]
    assert CANARY not in str(logs())
    assert str(ODD_NUMBER) not in str(logs())


async def test_statements_and_their_parameters_are_not_logged_at_any_level(
    faulty: AsyncClient, settings: Settings
) -> None:
    with log_output(settings, log_level="DEBUG") as stream:
        await login(faulty, f"{CANARY}@example.com")
    assert "request" in stream.getvalue()
    assert CANARY not in stream.getvalue()
    assert "SELECT" not in stream.getvalue()


async def send_forgeries(client: AsyncClient) -> None:
    agent = [(b"User-Agent", FORGED.encode())]
    await client.get(f"{API}/%0D%0A%1B%5B31m%C2%85%E2%80%A8x?{CANARY}", headers=agent)
    # Nothing here that a terminal's renderer would quote by itself.
    await client.get("/%1B%5B31m%C2%85", headers=[(b"User-Agent", b"\x1b[31m\x85")])
    await client.get("/", headers=[(b"X-Request-ID", FORGED.encode()), *agent])
    await client.get("/", headers={"Host": "test\x1b[31m"})
    await login(client, FORGED)
    await register(client, FORGED)


async def test_callers_cannot_forge_a_line_of_json(
    client: AsyncClient, logs: Logs
) -> None:
    await send_forgeries(client)
    lines = logs()
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 6
    assert "forged" not in {line["event"] for line in lines}
    assert requests[0]["path"] == f"{API}/\r\n\x1b[31m\x85\u2028x"
    assert requests[0]["user_agent"] == FORGED.encode().decode("latin-1")
    assert CANARY not in str(requests)


async def test_callers_cannot_forge_a_line_of_the_console(
    client: AsyncClient, settings: Settings
) -> None:
    with log_output(settings) as stream:
        await send_forgeries(client)
    for line in stream.getvalue().splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[", line)
        assert line.isprintable()


@given(offered=st.binary(max_size=80) | st.from_regex(rb"[A-Za-z0-9-]{6,66}"))
@hypothesis_settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_a_request_id_is_letters_digits_and_dashes_whatever_is_offered(
    client: AsyncClient, offered: bytes
) -> None:
    headers = [(b"X-Request-ID", offered)]
    response = await client.get(f"{API}/health/live", headers=headers)
    request_id = response.headers["X-Request-ID"]
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", request_id)
    kept = re.fullmatch(rb"[A-Za-z0-9-]{8,64}", offered)
    assert (request_id.encode() == offered) is bool(kept)
