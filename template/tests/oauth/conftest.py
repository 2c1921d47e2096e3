"""The service, registered at every provider; the test's own answers for all of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.core.config import Settings
from app.core.database import SessionFactory
from app.core.resources import Resources
from app.services.oauth.factory import create_oauth
from app.services.oauth.http import open_transport
from app.services.oauth.registry import PROVIDERS
from app.services.oauth.settings import OAuthSettings
from tests.harness import make_client, make_settings, with_held, with_resources
from tests.oauth.flow import Flow, provider_settings
from tests.servers.openid.network import Rerouted, openid_server
from tests.servers.openid.server import OpenIDServer
from tests.servers.openid.tokens import Keys

# Made once: a key takes as long as several tests.
KEYS = Keys()

MakeBrowser = Callable[..., AsyncClient]


@pytest.fixture(scope="session")
def registered() -> Settings:
    """The settings of a service that every provider knows."""
    return make_settings("", **provider_settings())


@pytest.fixture(scope="session")
async def running_server() -> AsyncIterator[OpenIDServer]:
    async with openid_server() as server:
        yield server


@pytest.fixture
def server(running_server: OpenIDServer) -> OpenIDServer:
    """The provider, as good as new."""
    fresh = OpenIDServer(keys=KEYS, url=running_server.url)
    fresh.claims["xms_edov"] = True
    vars(running_server).update(vars(fresh))
    return running_server


@pytest.fixture
async def make_browser(
    running: tuple[FastAPI, Resources],
    session_factory: SessionFactory,
    registered: Settings,
    server: OpenIDServer,
) -> AsyncIterator[MakeBrowser]:
    """Makes browsers of the service, with `changes` to its settings."""
    app, resources = running
    async with open_transport(Rerouted(server.url)) as transport:

        def make(**changes: Any) -> AsyncClient:
            settings = registered.model_copy(update=changes)
            oauth = create_oauth(cast("OAuthSettings", settings), transport)
            own = replace(
                with_held(resources, oauth),
                session_factory=session_factory,
                settings=settings,
            )
            return make_client(with_resources(app, own))

        yield make


@pytest.fixture
async def browser(make_browser: MakeBrowser) -> AsyncIterator[AsyncClient]:
    async with make_browser() as browser:
        yield browser


@pytest.fixture(params=[provider.name for provider in PROVIDERS])
def flow(
    request: pytest.FixtureRequest, browser: AsyncClient, server: OpenIDServer
) -> Flow:
    """A sign-in at each provider."""
    return Flow(browser, server, request.param)
