"""The page to sign in on, in development."""

import base64
import hashlib
import re

from httpx2 import AsyncClient

from tests.clients import API
from tests.oauth.conftest import MakeBrowser

PAGE = f"{API}/auth/oauth/example"


async def test_page_runs_its_own_parts_alone(browser: AsyncClient) -> None:
    page = await browser.get(PAGE)
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "http" not in re.sub(r"<!doctype.*?<body>", "", page.text, flags=re.DOTALL)


async def test_page_is_in_development_alone(make_browser: MakeBrowser) -> None:
    async with make_browser(environment="production") as browser:
        assert (await browser.get(PAGE)).status_code == 404
