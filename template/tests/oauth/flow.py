"""A sign-in at a provider, step by step."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from httpx2 import AsyncClient, Response

from app.services.oauth.registry import PROVIDERS
from tests.clients import API, bearer
from tests.servers.openid.network import Rerouted
from tests.servers.openid.server import OpenIDServer
from tests.servers.openid.tokens import CLIENT_ID, CLIENT_SECRET

VERIFIER = "a-verifier-of-the-application-0123456789-abc"


def provider_settings() -> dict[str, str]:
    """Settings under which the service is registered at every provider."""
    settings = {}
    for provider in PROVIDERS:
        prefix = f"oauth_{provider.name}"
        settings[f"{prefix}_client_id"] = CLIENT_ID
        settings[f"{prefix}_client_secret"] = CLIENT_SECRET
        if provider.has_issuer_setting:
            settings[f"{prefix}_issuer"] = f"https://id.example/{provider.name}/v2.0"
    return settings


def parameters(url: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def path_of(url: str) -> str:
    """An address without the host, as it reaches the service."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@dataclass
class Flow:
    """The browser (`client`) of somebody, and the provider they sign in at."""

    client: AsyncClient
    server: OpenIDServer
    provider: str

    async def authorize(self, **query: Any) -> Response:
        """Ask to go to the provider."""
        url = f"{API}/auth/oauth/{self.provider}/authorize"
        return await self.client.get(url, params=query)

    async def visit(self, location: str) -> str:
        """Sign in at the provider; returns where it sends the browser."""
        transport = Rerouted(self.server.url)
        async with httpx2.AsyncClient(transport=transport) as browser:
            form = await browser.get(location)
            assert "<form" in form.text
            answer = await browser.post(location, data={"name": "Ada"})
        await transport.aclose()
        return str(answer.headers["Location"])

    async def go_and_return(self, **query: Any) -> str:
        """Go to the provider and sign in; returns the way back."""
        gone = await self.authorize(**query)
        assert gone.status_code == 302, gone.text
        return path_of(await self.visit(gone.headers["Location"]))

    async def callback(self, **query: Any) -> Response:
        """Go to the provider, sign in, and come back."""
        return await self.client.get(await self.go_and_return(**query))

    async def code(self, **query: Any) -> str:
        """The same; returns the code that the application gets."""
        answer = await self.callback(**query)
        assert answer.status_code == 302, answer.text
        return parameters(answer.headers["Location"])["code"]

    async def exchange(self, code: str, **more: str) -> Response:
        """Exchange a code for tokens."""
        body = {"code": code, **more}
        return await self.client.post(f"{API}/auth/oauth/token", json=body)

    async def sign_in(self) -> dict[str, Any]:
        """All of it; returns the tokens."""
        answer = await self.exchange(await self.code())
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    async def me(self) -> dict[str, Any]:
        """All of it; returns who is signed in."""
        headers = bearer(await self.sign_in())
        answer = await self.client.get(f"{API}/users/me", headers=headers)
        user: dict[str, Any] = answer.json()
        return user
