"""Where a sign-in may end."""

import pytest
from httpx2 import AsyncClient

from app.services.oauth.registry import PROVIDERS
from tests.oauth.conftest import MakeBrowser
from tests.oauth.flow import Flow
from tests.servers.openid.server import OpenIDServer

APP = "https://app.example.com"


@pytest.fixture
def flow(make_browser: MakeBrowser, server: OpenIDServer) -> Flow:
    browser = make_browser(
        oauth_redirect_url=f"{APP}/signed-in",
        cors_origins=["https://other.example:8443"],
    )
    return Flow(browser, server, PROVIDERS[0].name)


@pytest.mark.parametrize(
    ("target", "start"),
    [
        (None, f"{APP}/signed-in?code="),
        ("/", f"{APP}/?code="),
        ("/back?a=b", f"{APP}/back?a=b&code="),
        (f"{APP}/x", f"{APP}/x?code="),
        (APP, f"{APP}?code="),
        ("https://other.example:8443/x?y=z", "https://other.example:8443/x?y=z&code="),
    ],
)
async def test_allowed_targets(flow: Flow, target: str | None, start: str) -> None:
    answer = await flow.callback(**({"redirect_to": target} if target else {}))
    assert answer.headers["Location"].startswith(start)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://evil.example",
        "http://app.example.com/x",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "https://user@app.example.com/",
        "https://user:password@app.example.com/",
        "https://app.example.com:8443/",
        "https://app.example.com\\@evil.example/",
        "https://other.example/",
        "https://other.example:8443.evil.example/",
        "https://evil.example/?https://app.example.com/",
        "https://evil.example#https://app.example.com/",
        "https://APP.example.com.evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "/x\r\nSet-Cookie: a=b",
        "/x\nLocation: https://evil.example",
        "/x y",
        "/x#fragment",
        "/\tevil",
        " https://app.example.com/",
        "https://app.example.com /",
        "evil.example",
        "./x",
        "*",
        "https://app。example.com/",
        "/\u2028",
    ],
)
async def test_other_targets_are_refused(flow: Flow, target: str) -> None:
    answer = await flow.authorize(redirect_to=target)
    assert (answer.status_code, answer.json()["type"]) == (400, "invalid_target")
    assert flow.server.asked.total() == 0


async def test_target_that_is_no_text_is_refused(
    browser: AsyncClient, server: OpenIDServer
) -> None:
    flow = Flow(browser, server, PROVIDERS[0].name)
    assert (await flow.authorize(redirect_to="/\0")).status_code == 422
