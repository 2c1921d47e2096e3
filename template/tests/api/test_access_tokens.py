"""Forged access tokens (RFC 8725): every one of them is answered with 401."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.security import derive_key
from tests.tokens import forge, parse, status_of

UNKNOWN_ID = "00000000-0000-7000-8000-000000000000"
CLAIMS = ("iss", "aud", "sub", "sid", "email", "jti", "iat", "exp")


async def test_genuine_token_signed_anew_is_accepted(
    client: AsyncClient, genuine: str, key: bytes
) -> None:
    """The control of this file: what follows is refused for the reason it names."""
    header, claims = parse(genuine)
    assert await status_of(client, forge(header, claims, key)) == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "HS384"},
        {"typ": "JWT"},
        {"typ": "rt+jwt"},
        {"typ": None},
        {"kid": "0123456789abcdef"},
        {"kid": None},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"alg": "hs256"},
        {"alg": 1},
    ],
    ids=str,
)
async def test_wrong_header_is_refused(
    client: AsyncClient, genuine: str, key: bytes, changes: dict[str, Any]
) -> None:
    header, claims = parse(genuine)
    header = {k: v for k, v in (header | changes).items() if v is not None}
    token = forge({"alg": "HS256"} | header, claims, key)
    assert await status_of(client, token) == 401


async def test_other_keys_are_refused(
    client: AsyncClient, genuine: str, settings: Settings
) -> None:
    header, claims = parse(genuine)
    secret = settings.secret_key.get_secret_value()
    for other in (b"", secret.encode(), derive_key(secret, "reset")):
        assert await status_of(client, forge(header, claims, other)) == 401


async def test_another_algorithm_is_refused(client: AsyncClient, genuine: str) -> None:
    header, claims = parse(genuine)
    token = jws.serialize_compact(
        header | {"alg": "RS256"},
        json.dumps(claims),
        RSAKey.generate_key(2048),
        ["RS256"],
    )
    assert await status_of(client, token) == 401


@pytest.mark.parametrize("claim", CLAIMS)
async def test_each_claim_is_required(
    client: AsyncClient, genuine: str, key: bytes, claim: str
) -> None:
    header, claims = parse(genuine)
    del claims[claim]
    assert await status_of(client, forge(header, claims, key)) == 401


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody-else"),
        ("aud", "somebody-else"),
        ("aud", ["my-service"]),
        ("sub", UNKNOWN_ID),
        ("sub", 1),
        ("sid", UNKNOWN_ID),
        ("exp", "1"),
        ("exp", 10**40),
        ("exp", 1e300),
        ("exp", True),
        ("exp", None),
        ("iat", "yesterday"),
    ],
    ids=str,
)
async def test_wrong_claims_are_refused(
    client: AsyncClient, genuine: str, key: bytes, claim: str, value: object
) -> None:
    header, claims = parse(genuine)
    token = forge(header, claims | {claim: value}, key)
    assert await status_of(client, token) == 401


@pytest.mark.parametrize("claim", ["iat", "exp"])
@pytest.mark.parametrize("kind", [str, float])
async def test_times_are_whole_numbers(
    client: AsyncClient, genuine: str, key: bytes, claim: str, kind: type
) -> None:
    header, claims = parse(genuine)
    token = forge(header, claims | {claim: kind(claims[claim])}, key)
    assert await status_of(client, token) == 401


async def test_tokens_from_the_future_are_refused(
    client: AsyncClient, genuine: str, key: bytes
) -> None:
    header, claims = parse(genuine)
    soon = int((utc_now() + timedelta(minutes=2)).timestamp())
    token = forge(header, claims | {"iat": soon}, key)
    assert await status_of(client, token) == 401
    token = forge(header, claims | {"exp": claims["exp"] + 3600}, key)
    assert await status_of(client, token) == 401


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(claim=st.sampled_from(CLAIMS), value=JSON)
@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_no_claim_of_any_type_breaks_the_service(
    client: AsyncClient, genuine: str, key: bytes, claim: str, value: object
) -> None:
    header, claims = parse(genuine)
    status = await status_of(client, forge(header, claims | {claim: value}, key))
    # Any text will do for the first two, and any time in the past for the last.
    harmless = claim in {"jti", "email", "iat"} or value == claims[claim]
    assert status in {401, 200 if harmless else 401}
