"""What is taken out of a log line, and what is not."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core.redaction import REDACTED, redact, redact_text

CANARY = "canary-4711"

SECRET_NAMES = [
    "password",
    "new_password",
    "passwordHash",
    "refresh_token",
    "accessToken",
    "token",
    "SECRET_KEY",
    "client-secret",
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "Set-Cookie",
    "X-Api-Key",
    "apiKey",
    "api_key",
    "credentials",
    "code",
    "code_verifier",
    "state",
]

HARMLESS_NAMES = [
    "status_code",
    "error_code",
    "country_code",
    "state_of_health",
    "estate",
    "tokenizer",
    "passport",
    "secretary",
    "keyboard",
    "key",
    "session_id",
]


def redacted(event: dict[Any, Any]) -> dict[Any, Any]:
    return dict(redact(None, "info", event))


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_values_of_secret_names_are_taken_out_wherever_they_stand(name: str) -> None:
    values: list[object] = [CANARY, [CANARY], {"x": CANARY}, CANARY.encode()]
    for value in values:
        assert redacted({name: value}) == {name: REDACTED}
        deep = redacted({"a": [{"b": ({name: value},)}], "h": [(name.encode(), value)]})
        assert CANARY not in str(deep)


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_values_of_other_names_stay(name: str) -> None:
    event = {name: CANARY, "inside": {name: [1, None, True, 2.5, CANARY]}}
    assert redacted(event) == event


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("got eyJhbGciOi.eyJzdWIi.c2ln-_x!", "got [redacted]!"),
        ("got eyJhbGciOiJIUzI1NiJ9", "got [redacted]"),
        ("hash $argon2id$v=19$m=8,t=1,p=1$c2Fs$aGFz.", "hash [redacted]"),
        ("hash $2b$12$abcdefghijk/LMNOP.qrs", "hash [redacted]"),
        ("sent 'Bearer abc.def-1='", "sent 'Bearer [redacted]'"),
        ("db://ada:pw/x:1@host:1/app", "db://ada:[redacted]@host:1/app"),
        ("cache://:a@b@host/0 is away", "cache://:[redacted]@host/0 is away"),
        ("GET /a?token=abc&n=1", "GET /a?token=[redacted]&n=1"),
        ("/cb?code=abc&state=x%20y#z", "/cb?code=[redacted]&state=[redacted]#z"),
        ("/a#access_token=abc", "/a#access_token=[redacted]"),
        ("/a?Reset_Token=abc 1", "/a?Reset_Token=[redacted] 1"),
        ("{'password': 'it\\'s', 'a': 1}", "{'password': [redacted], 'a': 1}"),
        ('{"new_password": "a\\"b"}', '{"new_password": [redacted]}'),
        ("User(password='a b', id=1)", "User(password=[redacted], id=1)"),
        (
            "DETAIL:  Key (a, b)=(x (y), z) already exists.",
            "DETAIL:  [redacted]",
        ),
        (
            "Key (email)=(ada@example.com) already exists.",
            "Key (email)=([redacted]) already exists.",
        ),
        (
            "DETAIL:  Failing row contains (1,\nx).\n[SQL: INSERT]",
            "DETAIL:  [redacted]\n[SQL: INSERT]",
        ),
        (
            "invalid input for query argument $1: 'x' (an int)\nmore",
            "invalid input for query argument $1: [redacted]\nmore",
        ),
        (
            'invalid input syntax for type uuid: "x"',
            "invalid input syntax for type uuid: [redacted]",
        ),
        ("[type=int, input_value='x', input_type=str]", "[type=int, input_value="),
        ("{'msg': 'bad', 'input': {'a': 1}}", "{'msg': 'bad', 'input': "),
    ],
)
def test_secrets_in_texts_are_taken_out(text: str, shown: str) -> None:
    expected = shown if REDACTED in shown else shown + REDACTED
    assert redact_text(text) == expected
    assert redacted({"event": "x", "note": [text]})["note"] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/users?status_code=200&limit=3&q=a@b",
        "http://127.0.0.1:8000/api/v1/users/me",
        "The access token is missing, wrong, expired or revoked.",
        "token = await self.find(hash_token(refresh_token))",
        'raise ValueError("password")',
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert redact_text(text) == text


def test_what_is_no_text_is_shown_by_its_redacted_repr() -> None:
    event = {"error": ValueError("Bearer abc"), b"x": {1: {"s": frozenset({"a"})}}}
    shown = redacted({"event": event})["event"]
    assert shown == {
        "error": "ValueError('Bearer [redacted]')",
        "x": {"1": {"s": ["a"]}},
    }


def test_endless_nesting_ends() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert REDACTED in json.dumps(redacted({"note": endless}))


@given(
    shape=st.recursive(
        st.sampled_from([CANARY, CANARY.encode(), (CANARY, 1)]).map(
            lambda value: {"refresh_token": value}
        ),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from("ab"), inner)
            | st.tuples(inner)
        ),
    )
)
@hypothesis_settings(max_examples=25, deadline=None)
def test_no_shape_hides_a_secret(shape: object) -> None:
    assert CANARY not in json.dumps(redacted({"note": shape}))


def test_time_is_linear_in_the_length() -> None:
    evil = (
        "eyJ eyJaa bearer :// ://: ://a ? ?a ?token= password password=' password=' "
        "input_value= invalid,input malformed DETAIL: )=( $argon2 $2b$ token=\\ 'input':"
    )
    started = time.process_time()
    for seed in [*evil.split(), "password='\\", "token ", "bearer\t", ")=(\n"]:
        redact_text(seed * (30_000 // len(seed)) + "=")
        redact_text(seed + " " * 30_000 + "=")
        redact_text(seed + "a" * 30_000 + "=")
    assert time.process_time() - started < 1
