"""Sign-ins at the same time, on a database of their own; and what they leave behind."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import pytest
import time_machine
from httpx2 import AsyncClient
from sqlalchemy import func, select

from app.application import create_app
from app.core.clock import utc_now
from app.core.resources import Resources
from app.models.oauth import OAuthAccount, OAuthCode, OAuthState
from app.models.user import User
from app.registry import EXTENSIONS
from app.services.oauth.factory import create_oauth
from app.services.oauth.http import open_transport
from app.services.oauth.registry import PROVIDERS
from app.services.oauth.settings import OAuthSettings
from app.services.purge import purge_expired
from tests.clients import API, assert_limited
from tests.harness import make_client, make_settings, run_app, with_held, with_resources
from tests.oauth.flow import Flow, provider_settings
from tests.servers.openid.network import Rerouted
from tests.servers.openid.server import OpenIDServer

Service = tuple[AsyncClient, Resources]


@pytest.fixture
async def service(own_database: str, server: OpenIDServer) -> AsyncIterator[Service]:
    """The whole service, whose requests commit."""
    settings = make_settings(
        own_database,
        **provider_settings(),
        rate_limit_enabled=True,
        rate_limit_credentials="40/minute",
    )
    app = create_app(settings)
    async with (
        open_transport(Rerouted(server.url)) as transport,
        run_app(app) as resources,
    ):
        oauth = create_oauth(cast("OAuthSettings", settings), transport)
        own = with_held(resources, oauth)
        async with make_client(with_resources(app, own)) as client:
            yield client, own


@pytest.fixture
def flow(service: Service, server: OpenIDServer) -> Flow:
    return Flow(service[0], server, PROVIDERS[0].name)


async def count(resources: Resources, model: type) -> int:
    async with resources.session_factory() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_thirty_callbacks_of_one_new_identity_make_one_account(
    flow: Flow, service: Service
) -> None:
    backs = [await flow.go_and_return() for _ in range(30)]
    answers = await asyncio.gather(*(flow.client.get(back) for back in backs))
    # On a busy machine one may wait too long for its turn to write; it can start again.
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() <= {302, 503}
    for _ in range(statuses[503]):
        assert (await flow.callback()).status_code == 302
    assert await count(service[1], User) == 1
    assert await count(service[1], OAuthAccount) == 1


async def test_of_ten_callbacks_with_one_state_one_succeeds(flow: Flow) -> None:
    back = await flow.go_and_return()
    answers = await asyncio.gather(*(flow.client.get(back) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {302: 1, 400: 9}


async def test_of_ten_exchanges_of_one_code_one_succeeds(flow: Flow) -> None:
    code = await flow.code()
    answers = await asyncio.gather(*(flow.exchange(code) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 9}


async def test_sign_ins_are_limited(flow: Flow) -> None:
    url = f"{API}/auth/oauth/{{provider}}"
    for end in ("authorize", "callback"):
        path = url.format(provider=flow.provider) + f"/{end}"
        for _ in range(40):
            assert (await flow.client.get(path)).status_code in {302, 400}
        route = f"{url}/{end}".removeprefix(API)
        assert_limited(await flow.client.get(path), route, 40)


async def test_what_was_not_used_is_purged(flow: Flow, service: Service) -> None:
    _, resources = service
    await flow.authorize()
    await flow.code()
    assert await purge_expired(resources.session_factory, EXTENSIONS) == 0
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        assert await purge_expired(resources.session_factory, EXTENSIONS) == 2
    assert await count(resources, OAuthState) == await count(resources, OAuthCode) == 0
