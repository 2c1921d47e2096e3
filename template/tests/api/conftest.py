"""Who calls the API."""

from dataclasses import replace
from functools import partial

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.core.config import Settings
from app.core.database import SessionFactory
from app.core.rate_limit import RateLimiter, WindowStorage
from app.core.resources import Resources
from app.core.security import derive_key
from app.domain.permission import Role
from tests.clients import bearer, sign_in
from tests.harness import MakeUser, Visit, make_client, make_settings, with_resources

Headers = dict[str, str]


@pytest.fixture
async def admin(client: AsyncClient, make_user: MakeUser) -> Headers:
    user = await make_user("root@example.com", Role.ADMIN)
    return bearer(await sign_in(client, user.email))


@pytest.fixture
async def ada(client: AsyncClient, make_user: MakeUser) -> Headers:
    user = await make_user("ada@example.com")
    return bearer(await sign_in(client, user.email))


@pytest.fixture
def limiter() -> RateLimiter:
    return RateLimiter(WindowStorage(), enabled=True)


@pytest.fixture
def visit(
    running: tuple[FastAPI, Resources],
    session_factory: SessionFactory,
    limiter: RateLimiter,
) -> Visit:
    """Makes a client at an address, of the application with low limits."""
    app, resources = running
    database_url = resources.settings.database_url.get_secret_value()
    settings = make_settings(
        database_url, rate_limit_default="10/minute", rate_limit_credentials="2/minute"
    )
    resources = replace(
        resources,
        settings=settings,
        session_factory=session_factory,
        rate_limiter=limiter,
    )
    return partial(make_client, with_resources(app, resources))


@pytest.fixture
async def genuine(client: AsyncClient, make_user: MakeUser) -> str:
    """An access token of ours."""
    user = await make_user()
    token: str = (await sign_in(client, user.email))["access_token"]
    return token


@pytest.fixture
def key(settings: Settings) -> bytes:
    """What access tokens are signed with."""
    return derive_key(settings.secret_key.get_secret_value(), "access")
