"""Replacing the secret key without signing everybody out."""

from httpx2 import AsyncClient
from joserfc import jws

from tests.clients import read_me, register, sign_in
from tests.harness import LiveClient


def key_id(tokens: dict[str, str]) -> object:
    return jws.extract_compact(tokens["access_token"].encode()).headers()["kid"]


async def status_of(client: AsyncClient, tokens: dict[str, str]) -> int:
    return (await read_me(client, tokens)).status_code


async def test_key_rotation_keeps_old_tokens_until_the_old_key_is_removed(
    live_client: LiveClient,
) -> None:
    old, new = (
        "the-old-secret-key-0123456789-abcdef",
        "the-new-secret-key-0123456789-ab",
    )
    async with live_client(secret_key=old) as client:
        await register(client, "ada@example.com")
        tokens = await sign_in(client, "ada@example.com")
        assert await status_of(client, tokens) == 200
    async with live_client(secret_key=new, previous_secret_keys=[old]) as client:
        assert await status_of(client, tokens) == 200
        fresh = await sign_in(client, "ada@example.com")
        assert key_id(fresh) != key_id(tokens)
    async with live_client(secret_key=new) as client:
        assert await status_of(client, tokens) == 401
        assert await status_of(client, fresh) == 200
