"""Which providers are offered, and settings that do not go together."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from app.application import create_app
from app.services.oauth.registry import PROVIDERS
from tests.clients import API
from tests.harness import SECRET_KEY, LiveClient, make_settings
from tests.oauth.conftest import MakeBrowser
from tests.oauth.flow import Flow, provider_settings
from tests.servers.openid.server import OpenIDServer
from tests.servers.openid.tokens import CLIENT_ID

FIRST = PROVIDERS[0].name
PREFIX = f"oauth_{FIRST}"

PRODUCTION = {
    "oauth_redirect_url": "https://app.example.com/signed-in",
    "oauth_base_url": "https://api.example.com",
}


def problems(*, strict: bool = False, **changes: Any) -> list[str]:
    settings = make_settings("", **(provider_settings() | changes))
    return settings.problems(strict=strict)


@pytest.fixture
async def without(live_client: LiveClient) -> AsyncIterator[AsyncClient]:
    """A service that no provider knows."""
    async with live_client() as client:
        yield client


async def test_those_that_are_set_are_offered(
    browser: AsyncClient, without: AsyncClient
) -> None:
    offered = (await browser.get(f"{API}/auth/oauth")).json()["providers"]
    assert offered == [
        {
            "name": provider.name,
            "label": provider.label,
            "authorize_url": f"{API}/auth/oauth/{provider.name}/authorize",
        }
        for provider in PROVIDERS
    ]
    assert (await without.get(f"{API}/auth/oauth")).json() == {"providers": []}


@pytest.mark.parametrize("name", [*(each.name for each in PROVIDERS), "unknown"])
@pytest.mark.parametrize("end", ["authorize", "callback"])
async def test_others_are_not_there(
    without: AsyncClient, browser: AsyncClient, name: str, end: str
) -> None:
    answer = await without.get(f"{API}/auth/oauth/{name}/{end}")
    assert (answer.status_code, answer.json()["type"]) == (404, "not_found")
    if name == "unknown":
        answer = await browser.get(f"{API}/auth/oauth/{name}/{end}")
        assert answer.status_code == 404


def test_start_says_what_is_missing_or_not_a_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no .env
    for name, value in {
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": "x://",
        "ENVIRONMENT": "development",
        f"{PREFIX.upper()}_CLIENT_ID": CLIENT_ID,
        "OAUTH_NOBODY_CLIENT_ID": CLIENT_ID,
    }.items():
        monkeypatch.setenv(f"APP_{name}", value)
    with pytest.raises(SystemExit) as stopped:
        create_app()
    assert stopped.value.code == 78
    lines = capsys.readouterr().err
    assert "APP_OAUTH_NOBODY_CLIENT_ID: unknown" in lines
    secret = f"APP_{PREFIX.upper()}_CLIENT_SECRET"
    assert f"{secret}: not set, but APP_{PREFIX.upper()}_CLIENT_ID is" in lines


def test_all_is_well() -> None:
    assert problems() == []
    assert problems(strict=True, **PRODUCTION) == []
    assert make_settings("").problems(strict=True) == []


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_half_of_a_registration_names_the_other_half(provider: Any) -> None:
    name = f"oauth_{provider.name}"
    for missing in ("client_id", "client_secret"):
        changes: dict[str, Any] = {f"{name}_{missing}": None}
        (line,) = problems(**changes)
        assert line.startswith(f"APP_{name.upper()}_{missing.upper()}: not set")
    if provider.has_issuer_setting and provider.issuer is None:
        changes = {f"{name}_issuer": None}
        (line,) = problems(**changes)
        assert line.startswith(f"APP_{name.upper()}_ISSUER: not set")


@pytest.mark.parametrize(
    ("issuer", "development", "production"),
    [
        ("https://id.example.com", True, True),
        ("http://127.0.0.1:9000", True, False),
        ("http://localhost:9000/realm", True, False),
        ("http://[::1]:9000", True, False),
        ("http://id.example.com", False, False),
        ("http://127.0.0.1.example.com", False, False),
        ("https://", False, False),
        ("https:///realm", False, False),
        ("ftp://id.example.com", False, False),
        ("id.example.com", False, False),
        ("http://[", False, False),
    ],
)
def test_issuers_in_clear_are_on_this_machine_in_development(
    issuer: str, development: bool, production: bool
) -> None:
    for provider in PROVIDERS:
        if provider.has_issuer_setting:
            name = f"oauth_{provider.name}_issuer"
            changes: dict[str, Any] = {name: issuer}
            assert (problems(**changes) == []) is development
            strict = problems(strict=True, **changes, **PRODUCTION)
            assert (strict == []) is production


def test_production_needs_safe_addresses_and_a_real_secret() -> None:
    for changes, start in (
        ({"oauth_redirect_url": None}, "APP_OAUTH_REDIRECT_URL: not set"),
        ({"oauth_redirect_url": "http://app.example.com"}, "APP_OAUTH_REDIRECT_URL: n"),
        ({"oauth_base_url": "http://api.example.com"}, "APP_OAUTH_BASE_URL: not https"),
        ({f"{PREFIX}_client_secret": "change-me"}, f"APP_{PREFIX.upper()}_CLIENT_SEC"),
    ):
        (line,) = problems(strict=True, **(PRODUCTION | changes))
        assert line.startswith(start)


async def test_cookie_of_production_is_this_hosts_alone(
    make_browser: MakeBrowser, server: OpenIDServer
) -> None:
    changes = {"environment": "production", "oauth_base_url": "https://test"}
    async with make_browser(**changes) as browser:
        browser.base_url = browser.base_url.copy_with(scheme="https")
        flow = Flow(browser, server, FIRST)
        cookie = (await flow.authorize()).headers["Set-Cookie"]
        assert cookie.startswith("__Host-oauth=")
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert parts >= {"secure", "httponly", "samesite=lax", "path=/", "max-age=600"}
        assert not any(part.startswith("domain") for part in parts)
        back = await flow.visit((await flow.authorize()).headers["Location"])
        path = back.removeprefix("https://test")
        assert (await browser.get(path)).status_code == 302
