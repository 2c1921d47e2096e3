"""Who calls the API."""

import pytest
from httpx2 import AsyncClient

from app.core.config import Settings
from app.core.security import derive_key
from app.domain.permission import Role
from tests.clients import bearer, sign_in
from tests.harness import MakeUser

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
async def genuine(client: AsyncClient, make_user: MakeUser) -> str:
    """An access token of ours."""
    user = await make_user()
    token: str = (await sign_in(client, user.email))["access_token"]
    return token


@pytest.fixture
def key(settings: Settings) -> bytes:
    """What access tokens are signed with."""
    return derive_key(settings.secret_key.get_secret_value(), "access")
