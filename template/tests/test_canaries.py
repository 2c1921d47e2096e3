"""The canaries notice a secret that shows; see `tests/canaries.py`."""

from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import APIRouter, Request
from httpx2 import AsyncClient

from app.api.access import PUBLIC
from app.api.limits import CREDENTIALS
from app.core.config import Settings
from app.core.exceptions import ValidationError
from app.core.extension import Extension
from tests.clients import API
from tests.harness import (
    CANARIES,
    SECRET_KEY,
    Applications,
    Logs,
    make_client,
    with_resources,
)

TOKENS = {"access_token": "eyJhbGciOiJIUzI1NiJ9.e30.x", "refresh_token": "opaque-4711"}

_log = structlog.get_logger("tests")

router = APIRouter(dependencies=[PUBLIC, CREDENTIALS])


@router.post("/leaky")
async def leaky(request: Request) -> dict[str, str]:
    """Log everything there is."""
    headers = request.scope["headers"]
    _log.info("received", body=await request.json(), headers=headers, answer=TOKENS)
    _log.info("headers", headers=dict(request.headers), url=str(request.url))
    return TOKENS


@router.post("/echo")
async def echo(request: Request) -> None:
    """Refuse, quoting what was sent."""
    raise ValidationError((await request.body()).decode())


@pytest.fixture
async def careless(
    settings: Settings, applications: Applications
) -> AsyncIterator[AsyncClient]:
    """A client of an application whose routes tell everything."""
    extension = Extension(name="careless", router=router)
    async with (
        applications.run(settings, [extension]) as (app, resources),
        make_client(with_resources(app, resources)) as client,
    ):
        yield client


async def send(client: AsyncClient, path: str) -> None:
    await client.post(
        f"{API}{path}",
        params={"token": "query-4711"},
        json={"email": "ada@example.com", "password": "hunter-4711"},
        headers={"Authorization": "Bearer header-4711", "Cookie": "sid=cookie-4711"},
    )


async def test_a_route_that_logs_everything_shows_no_secret(
    careless: AsyncClient, logs: Logs
) -> None:
    await send(careless, "/leaky")
    assert "ada@example.com" in str(logs())
    assert "-4711" not in str(logs())  # a time may hold the digits


@pytest.mark.parametrize(
    "secret", [*TOKENS.values(), "hunter-4711", "header-4711", SECRET_KEY, "$argon2id$"]
)
async def test_a_secret_in_the_log_is_noticed(
    careless: AsyncClient, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(careless, "/leaky")
    CANARIES.output.append(f"a line with {secret}")
    with pytest.raises(AssertionError, match="a line with"):
        CANARIES.check()


async def test_every_line_is_looked_at() -> None:
    _log.info("bare", note=SECRET_KEY)
    with pytest.raises(AssertionError, match="bare"):
        CANARIES.check()


async def test_a_secret_in_a_refusal_is_noticed(careless: AsyncClient) -> None:
    await send(careless, "/echo")
    with pytest.raises(AssertionError, match="hunter-4711"):
        CANARIES.check()
