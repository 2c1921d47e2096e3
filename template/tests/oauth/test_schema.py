"""The routes of sign-ins against their own schema, with every provider there."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from app.api.oauth import extension, run
from app.application import create_app
from tests.api import test_schema as schema
from tests.harness import make_settings
from tests.live import LiveServer, serve
from tests.oauth.flow import provider_settings
from tests.servers.openid.network import Rerouted
from tests.servers.openid.server import OpenIDServer

pytestmark = schema.pytestmark


@pytest.fixture
def service(
    own_database: str, server: OpenIDServer, tmp_path: Path
) -> Iterator[LiveServer]:
    """The service on a socket."""
    settings = make_settings(
        own_database,
        allowed_hosts=["127.0.0.1"],
        mail_url=f"file:{tmp_path}",
        **provider_settings(),
    )
    lifespan = partial(run, network=Rerouted(server.url))
    app = create_app(settings, [replace(extension, lifespan=lifespan)])
    with serve(app) as live:
        yield live


async def test_schemathesis_finds_nothing(service: LiveServer) -> None:
    schema.Administrator.server = service
    schema.Administrator.token = None
    # In a thread: the provider answers in this one.
    await asyncio.to_thread(
        schema.run,
        service,
        ["examples", "coverage", "fuzzing", "stateful"],
        schema.SEED,
        config="tests/oauth/schemathesis.toml",
        **{"include-path-regex": "oauth"},
    )
