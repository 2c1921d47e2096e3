"""What tests do with a client, time and again."""

from typing import Any

from httpx2 import AsyncClient, Response

from tests.harness import PASSWORD

API = "/api/v1"
NEW_PASSWORD = "a much better one"


async def login(client: AsyncClient, email: str, password: str = PASSWORD) -> Response:
    """Try to sign in."""
    form = {"username": email, "password": password}
    return await client.post(f"{API}/auth/login", data=form)


async def sign_in(
    client: AsyncClient, email: str, password: str = PASSWORD
) -> dict[str, Any]:
    """Sign in and return the token pair."""
    response = await login(client, email, password)
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The header that goes with a token pair."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def register(
    client: AsyncClient, email: str, password: str = PASSWORD
) -> Response:
    """Ask for an account."""
    body = {"email": email, "password": password}
    return await client.post(f"{API}/auth/register", json=body)


async def refresh(client: AsyncClient, tokens: dict[str, Any]) -> Response:
    """Exchange the refresh token of a pair."""
    body = {"refresh_token": tokens["refresh_token"]}
    return await client.post(f"{API}/auth/refresh", json=body)


async def read_me(client: AsyncClient, tokens: dict[str, Any]) -> Response:
    """Ask who is signed in."""
    return await client.get(f"{API}/users/me", headers=bearer(tokens))


def assert_limited(response: Response, name: str, quota: int) -> None:
    """It is the answer to one request a minute too many, by the limit of that name."""
    assert response.status_code == 429
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "rate_limited"
    assert response.json()["status"] == 429
    seconds = int(response.headers["Retry-After"])
    assert 1 <= seconds <= 60
    assert response.headers["RateLimit-Policy"] == f'"{name}";q={quota};w=60'
    assert response.headers["RateLimit"] == f'"{name}";r=0;t={seconds}'


async def forgot(client: AsyncClient, email: str) -> Response:
    """Ask for a link to choose a new password."""
    return await client.post(f"{API}/auth/password/forgot", json={"email": email})


async def reset(
    client: AsyncClient, token: str, password: str = NEW_PASSWORD
) -> Response:
    """Choose a new password with the token of a link."""
    body = {"token": token, "new_password": password}
    return await client.post(f"{API}/auth/password/reset", json=body)


async def verify(client: AsyncClient, token: str) -> Response:
    """Prove an address with the token of a link."""
    return await client.post(f"{API}/auth/verify-email", json={"token": token})
