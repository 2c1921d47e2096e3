"""Signing in, in a real browser: the example page, the provider's form, and back.

The browser is the machine's own. `OAUTH_SCREENSHOTS` names a folder for what it shows.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from app.application import create_app
from app.services.oauth.registry import PROVIDERS
from tests.clients import API
from tests.harness import make_settings
from tests.live import LiveServer, free_listener, serve
from tests.servers.openid.server import OpenIDServer
from tests.servers.openid.tokens import CLIENT_ID, CLIENT_SECRET

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

# The browser reaches no provider but one whose address can be set.
PROVIDER = next((each for each in PROVIDERS if each.has_issuer_setting), None)

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine"),
    pytest.mark.skipif(PROVIDER is None, reason="no provider with a setting for it"),
]

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def service(own_database: str, server: OpenIDServer) -> Iterator[LiveServer]:
    """The service on a socket, registered at the provider."""
    assert PROVIDER is not None
    listener = free_listener()
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    name = f"oauth_{PROVIDER.name}"
    settings = make_settings(
        own_database,
        allowed_hosts=["127.0.0.1"],
        oauth_base_url=base_url,
        **{
            f"{name}_client_id": CLIENT_ID,
            f"{name}_client_secret": CLIENT_SECRET,
            f"{name}_issuer": server.url,
        },
    )
    with serve(create_app(settings), listener) as live:
        yield live


async def show(page: Page, name: str) -> None:
    """Take a picture, when somebody wants one."""
    if folder := os.environ.get("OAUTH_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_sign_in_and_out_in_a_browser(service: LiveServer) -> None:
    assert PROVIDER is not None
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(f"{service.url}{API}/auth/oauth/example")
        button = page.get_by_role("button", name=f"Sign in with {PROVIDER.label}")
        await expect(button).to_be_visible()
        await show(page, "sign-in")
        await button.click()
        await page.get_by_label("Name").fill("Ada")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_text("Signed in as ada@example.com")).to_be_visible()
        await show(page, "signed-in")
        assert page.url == f"{service.url}{API}/auth/oauth/example"
        assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_text("Signed out.")).to_be_visible()
        await page.goto(f"{page.url}?code={'a' * 43}")
        await expect(page.get_by_text("did not start here")).to_be_visible()
        await browser.close()
