"""What a token says of its key, and how long it is, buys nothing (RFC 8725)."""

import base64
import socket
from typing import Any, NoReturn

import pytest
import time_machine
from httpx2 import AsyncClient

from app.core.clock import utc_now
from app.core.security import new_refresh_token
from tests.clients import API, bearer, login, read_me, refresh, sign_in
from tests.harness import MakeUser
from tests.tokens import forge, parse, status_of

ATTACKER = b"a key that the attacker has chosen"
JWK = {"kty": "oct", "k": base64.urlsafe_b64encode(ATTACKER).decode().rstrip("=")}
POINTERS: list[dict[str, object]] = [
    {"jwk": JWK},
    {"jku": "https://evil.example/keys"},
    {"x5u": "https://evil.example/certificate"},
    {"x5c": ["MIIB"]},
    {"kid": "https://evil.example/keys#1"},
    {"kid": "../../../dev/null"},
    {"kid": "' or 1=1 --"},
    {"kid": 1},
    {"kid": ["a"]},
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("The service wanted to connect to something.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


async def test_keys_that_a_token_points_to_are_not_used_nor_fetched(
    client: AsyncClient, genuine: str, no_network: None
) -> None:
    header, claims = parse(genuine)
    for pointer in POINTERS:
        token = forge(header | pointer, claims, ATTACKER)
        assert await status_of(client, token) == 401, pointer


async def test_unknown_key_ids_and_critical_headers_are_refused(
    client: AsyncClient, genuine: str, key: bytes, no_network: None
) -> None:
    header, claims = parse(genuine)
    changes: list[dict[str, Any]] = [
        {"kid": "0123456789abcdef"},
        {"crit": ["surprise"], "surprise": 1},
        {"crit": "exp"},
    ]
    for change in changes:
        token = forge(header | change, claims, key)
        assert await status_of(client, token) == 401, change


async def test_tokens_of_more_than_eight_kibibytes_are_not_even_parsed(
    client: AsyncClient, genuine: str, key: bytes
) -> None:
    header, claims = parse(genuine)
    for padding, status in ((4000, 200), (8000, 401)):
        token = forge(header, claims | {"email": "x" * padding}, key)
        assert await status_of(client, token) == status


async def test_tokens_of_one_second_differ_in_an_id_of_256_bits(
    client: AsyncClient, make_user: MakeUser
) -> None:
    user = await make_user()
    with time_machine.travel(utc_now(), tick=False):
        tokens = [await sign_in(client, user.email) for _ in range(3)]
    ids = {parse(token["access_token"])[1]["jti"] for token in tokens}
    assert len(ids) == 3
    assert all(len(base64.urlsafe_b64decode(f"{id_}=")) == 32 for id_ in ids)
    assert len({token["refresh_token"] for token in tokens}) == 3


def test_no_two_random_tokens_are_alike() -> None:
    assert len({new_refresh_token() for _ in range(100_000)}) == 100_000


async def test_challenge_tells_a_wrong_token_from_none(
    client: AsyncClient, genuine: str, key: bytes, make_user: MakeUser
) -> None:
    none = await client.get(f"{API}/users/me")
    assert none.headers["WWW-Authenticate"] == "Bearer"
    other = await client.get(f"{API}/users/me", headers={"Authorization": "Basic YTpi"})
    header, claims = parse(genuine)
    expired = forge(header, claims | {"exp": claims["iat"]}, key)
    answers = [
        other,
        await read_me(client, {"access_token": "garbage"}),
        await read_me(client, {"access_token": expired}),
    ]
    tokens = await sign_in(client, "ada@example.com")
    await client.post(f"{API}/auth/logout", headers=bearer(tokens))
    answers.append(await read_me(client, tokens))
    deleted = await sign_in(client, "ada@example.com")
    await client.delete(f"{API}/users/me", headers=bearer(deleted))
    answers.append(await read_me(client, deleted))
    for response in answers:
        assert response.status_code == 401
        challenge = response.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer error="invalid_token"')
    # What is wrong with a form or a body is no matter of the bearer's.
    for response in (
        await login(client, "ada@example.com"),
        await refresh(client, deleted),
    ):
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (
            401,
            "Bearer",
        )
