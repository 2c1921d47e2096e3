"""What providers of OpenID Connect sign, and how they can get it wrong."""

from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.database import Session
from app.models.user import User
from app.services.oauth import discovery
from app.services.oauth.openid import OpenIDProvider
from app.services.oauth.registry import PROVIDERS
from tests.clients import API
from tests.oauth.flow import Flow, parameters
from tests.servers.openid.server import OpenIDServer
from tests.servers.openid.tokens import FORGERIES, Keys

OPENID = [each.name for each in PROVIDERS if issubclass(each, OpenIDProvider)]

pytestmark = pytest.mark.skipif(not OPENID, reason="no provider of OpenID Connect")


@pytest.fixture(params=OPENID)
def flow(
    request: pytest.FixtureRequest, browser: AsyncClient, server: OpenIDServer
) -> Flow:
    return Flow(browser, server, request.param)


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_bad_id_token_is_refused(
    flow: Flow, session: Session, forgery: str
) -> None:
    flow.server.forge = FORGERIES[forgery]
    answer = await flow.callback()
    assert (answer.status_code, answer.json()["type"]) == (400, "sign_in_refused")
    assert not (await session.scalars(select(User))).all()


async def test_nonce_is_sent_and_of_one_sign_in(flow: Flow) -> None:
    sent = [parameters((await flow.authorize()).headers["Location"]) for _ in range(2)]
    assert sent[0]["nonce"] != sent[1]["nonce"]
    assert len(sent[0]["nonce"]) == 43


async def test_issuer_must_come_back_when_the_provider_says_it_does(flow: Flow) -> None:
    back = await flow.go_and_return()
    query = {name: v for name, v in parameters(back).items() if name != "iss"}
    answer = await flow.client.get(
        f"{API}/auth/oauth/{flow.provider}/callback", params=query
    )
    assert answer.status_code == 400
    assert flow.server.asked["token"] == 0


async def test_issuer_need_not_come_back_otherwise(flow: Flow) -> None:
    flow.server.sends_issuer = False
    assert (await flow.callback()).status_code == 302


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://id.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
    ids=str,
)
async def test_document_that_is_not_the_issuers_is_not_used(
    flow: Flow, metadata: dict[str, str]
) -> None:
    flow.server.metadata = metadata
    answer = await flow.authorize()
    assert (answer.status_code, answer.json()["type"]) == (502, "bad_gateway")


async def test_algorithms_are_those_of_the_document_and_ours(flow: Flow) -> None:
    supported = "id_token_signing_alg_values_supported"
    flow.server.metadata = {supported: ["HS256", "none", "ES256"]}
    assert (await flow.callback()).status_code == 400


async def test_secret_is_sent_as_the_provider_wants_it(flow: Flow) -> None:
    methods = "token_endpoint_auth_methods_supported"
    flow.server.metadata = {methods: ["client_secret_post"]}
    assert (await flow.callback()).status_code == 302


async def test_document_and_keys_are_read_once_an_hour(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await flow.code()
    assert (flow.server.asked["discovery"], flow.server.asked["jwks"]) == (1, 1)
    monkeypatch.setattr(discovery, "MAX_AGE", 0)
    await flow.sign_in()
    assert flow.server.asked["jwks"] == 2


async def test_new_key_is_looked_for_once_a_minute(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    await flow.code()
    new_key = RSAKey.generate_key(2048, {"kid": "new"})
    flow.server.keys = Keys(signing=new_key, other=flow.server.keys.other)
    for _ in range(3):
        assert (await flow.callback()).status_code == 400
    assert flow.server.asked["jwks"] == 1
    monkeypatch.setattr(discovery, "REFETCH_AFTER", 0)
    assert (await flow.callback()).status_code == 302
    assert flow.server.asked["jwks"] == 2


async def test_sign_in_survives_a_clock_that_is_off_by_a_little(flow: Flow) -> None:
    back = await flow.go_and_return()
    with time_machine.travel(utc_now() - timedelta(seconds=25)):
        assert (await flow.client.get(back)).status_code == 302
