"""Providers that are down, slow, or talk nonsense."""

import time

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select

from app.core.database import Session
from app.models.user import User
from app.services.oauth import http
from app.services.oauth.openid import OpenIDProvider
from app.services.oauth.registry import PROVIDERS
from tests.oauth.flow import Flow
from tests.servers.openid.faults import FAULTS
from tests.servers.openid.server import OpenIDServer

ENDPOINTS = {
    provider.name: ["discovery", "token", "jwks"]
    if issubclass(provider, OpenIDProvider)
    else ["token", "user", "emails"]
    for provider in PROVIDERS
}
CASES = [(name, end) for name, ends in ENDPOINTS.items() for end in ends]


def test_a_sign_in_takes_less_than_ten_seconds() -> None:
    assert http.TOTAL_SECONDS < 10


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("provider", "endpoint"), CASES)
async def test_provider_that_fails_is_a_bad_gateway(
    browser: AsyncClient,
    server: OpenIDServer,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    *,
    provider: str,
    endpoint: str,
    fault: str,
) -> None:
    if fault in {"hangs", "trickles"}:
        monkeypatch.setattr(http, "TOTAL_SECONDS", 0.2)
    server.faults[endpoint] = fault
    flow = Flow(browser, server, provider)
    answer = await flow.authorize()
    if answer.status_code == 302:
        server.faults.clear()
        back = await flow.visit(answer.headers["Location"])
        server.faults[endpoint] = fault
        started = time.monotonic()
        answer = await browser.get(back.removeprefix("http://localhost:8000"))
        assert time.monotonic() - started < 2
    assert answer.status_code == 502, answer.text
    assert answer.json()["type"] == "bad_gateway"
    assert len(answer.content) < 400
    assert not (await session.scalars(select(User))).all()
    server.faults.clear()
    monkeypatch.undo()
    assert (await flow.callback()).status_code == 302
