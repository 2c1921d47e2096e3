"""Passwords are taken as they are: whole, every character, nothing changed."""

import itertools

import pytest
from httpx2 import AsyncClient
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core.project import NAME, SLUG
from app.domain.password import check_not_guessable, check_password
from tests.clients import API, login, register

_numbers = itertools.count()


def is_choosable(text: str) -> bool:
    """Whether it is none of those that are refused for being guessed first."""
    try:
        check_password(text)
        check_not_guessable(text, words=[NAME, SLUG])
    except ValueError:
        return False
    return True


# Hypothesis tries the words of the code as well, such as the name of a logger: what is added
# is in no line of the log, where no password may be.
PASSWORDS = (
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        min_size=7,
        max_size=127,
    )
    .map("{}\N{SNOWMAN}".format)
    .filter(is_choosable)
)


@given(password=PASSWORDS)
@example(password="        x")
@example(password=" \t\r\n\u2028\ufeff\u200bx")
@example(password="😀" * 127 + "x")
@hypothesis_settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_every_text_is_a_password_that_signs_in(
    client: AsyncClient, password: str
) -> None:
    address = f"user{next(_numbers)}@example.com"
    assert (await register(client, address, password)).status_code == 202
    assert (await login(client, address, password)).status_code == 200


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("ab" * 36, "ab" * 35 + "ac"),
        ("ab" * 36 + "c", "ab" * 36 + "d"),
        ("ab" * 36 + "c", "ab" * 36),
        ("ab" * 63 + "cd", "ab" * 63 + "ce"),
        ("ä😀" * 63 + "cd", "ä😀" * 63 + "ce"),
        ("caf\u00e9 noir", "cafe\u0301 noir"),
        ("\ufb01re and water", "fire and water"),
        ("Correct Horse", "correct horse"),
        (" correct horse ", "correct horse"),
    ],
    ids=ascii,
)
async def test_what_differs_in_anything_is_another_password(
    client: AsyncClient, password: str, other: str
) -> None:
    assert (await register(client, "ada@example.com", password)).status_code == 202
    assert (await login(client, "ada@example.com", other)).status_code == 401
    assert (await login(client, "ada@example.com", password)).status_code == 200


@pytest.mark.parametrize("length", [7, 129])
async def test_length_is_counted_in_characters(
    client: AsyncClient, length: int
) -> None:
    refused = await register(client, "ada@example.com", "😀é" * (length // 2) + "x")
    assert refused.status_code == 422


@pytest.mark.parametrize("odd", [r"\u0000", r"\ud800", r"\udfff\ud800"])
async def test_nul_and_lone_surrogates_are_refused_and_not_echoed(
    client: AsyncClient, odd: str
) -> None:
    secret = f"canary-4711{odd}"
    body = f'{{"email": "ada@example.com", "password": "{secret}"}}'
    headers = {"Content-Type": "application/json"}
    response = await client.post(f"{API}/auth/register", content=body, headers=headers)
    assert response.status_code == 422
    assert "canary" not in response.text


async def test_surrogates_are_no_current_password_either(
    client: AsyncClient, ada: dict[str, str]
) -> None:
    body = rb'{"current_password": "\ud800", "new_password": "a much better one"}'
    headers = ada | {"Content-Type": "application/json"}
    url = f"{API}/users/me/password"
    response = await client.post(url, content=body, headers=headers)
    assert response.status_code == 422


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "%FF"])
async def test_odd_bytes_in_the_form_are_no_password_and_not_echoed(
    client: AsyncClient, odd: str
) -> None:
    body = f"username=ada@example.com&password=canary-4711{odd}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await client.post(f"{API}/auth/login", content=body, headers=headers)
    # What is no UTF-8 is read with replacement characters, which nobody's password has.
    assert response.status_code == (422 if odd == "%00" else 401)
    assert "canary" not in response.text
