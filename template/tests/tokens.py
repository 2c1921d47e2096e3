"""Access tokens as an attacker makes them."""

import base64
import hmac
import json
from typing import Any

from httpx2 import AsyncClient
from joserfc import jws

from tests.clients import API


def parse(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a token."""
    parts = jws.extract_compact(token.encode())
    return dict(parts.headers()), json.loads(parts.payload)


def encode(value: object) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forge(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """Sign anything, as an attacker would; by hand, for no library would do it."""
    content = f"{encode(header)}.{encode(claims)}"
    if header.get("alg") == "none":
        return f"{content}."
    digest = "sha384" if header.get("alg") == "HS384" else "sha256"
    signature = hmac.digest(key, content.encode(), digest)
    return f"{content}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


async def status_of(client: AsyncClient, token: str) -> int:
    """How a request with this token is answered."""
    headers = {"Authorization": f"Bearer {token}"}
    response = await client.get(f"{API}/users/me", headers=headers)
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    return response.status_code
