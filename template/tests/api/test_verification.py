"""Verification of addresses, and accounts that wait for it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.core.database import SessionFactory
from app.core.resources import Resources
from tests.clients import (
    API,
    bearer,
    forgot,
    login,
    read_me,
    register,
    reset,
    sign_in,
    verify,
)
from tests.harness import PASSWORD, MakeUser, make_client, with_resources
from tests.mailbox import Mailbox

ADA = "ada@example.com"


async def resend(client: AsyncClient, email: str) -> int:
    url = f"{API}/auth/verify-email/resend"
    return (await client.post(url, json={"email": email})).status_code


@pytest.fixture
async def strict(
    running: tuple[FastAPI, Resources], session_factory: SessionFactory
) -> AsyncIterator[AsyncClient]:
    """A client of an application that signs in verified addresses only."""
    app, resources = running
    settings = resources.settings.model_copy(update={"require_verified_email": True})
    resources = replace(resources, session_factory=session_factory, settings=settings)
    async with make_client(with_resources(app, resources)) as client:
        yield client


async def test_registration_is_confirmed_by_mail_before_one_signs_in(
    strict: AsyncClient, mailbox: Mailbox
) -> None:
    await register(strict, ADA)
    assert (await login(strict, ADA)).status_code == 401
    (link,) = await mailbox.links(ADA)
    assert link.startswith("http://localhost:8000/verify-email#token=")
    token = await mailbox.token(ADA)
    first, again = await verify(strict, token), await verify(strict, token)
    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, again.json()["type"]) == (400, "invalid_link")
    me = (await read_me(strict, await sign_in(strict, ADA))).json()
    assert me["email_verified"] is True


async def test_another_link_comes_only_to_an_address_that_waits(
    strict: AsyncClient, mailbox: Mailbox
) -> None:
    await register(strict, ADA)
    assert await resend(strict, ADA) == 202
    assert len(await mailbox.read(ADA)) == 2
    assert (await verify(strict, await mailbox.token(ADA))).status_code == 204
    assert await resend(strict, ADA) == 202
    assert await resend(strict, "nobody@example.com") == 202
    assert len(await mailbox.read(ADA)) == len(mailbox.mails) == 2


async def test_a_forgotten_password_verifies_the_address_too(
    strict: AsyncClient, mailbox: Mailbox
) -> None:
    await register(strict, ADA)
    await forgot(strict, ADA)
    assert (await reset(strict, await mailbox.token(ADA))).status_code == 204
    assert (await login(strict, ADA, "a much better one")).status_code == 200


async def test_link_does_not_verify_another_registration_of_the_address(
    strict: AsyncClient, mailbox: Mailbox
) -> None:
    """Who registered an address of somebody else gains nothing from its owner's click."""
    await register(strict, ADA, "the attacker's password")
    token = await mailbox.token(ADA)
    await register(strict, ADA)
    assert (await reset(strict, await mailbox.token(ADA), PASSWORD)).is_success
    assert (await verify(strict, token)).status_code == 400
    assert (await login(strict, ADA, "the attacker's password")).status_code == 401
    assert (await login(strict, ADA)).status_code == 200


async def test_who_is_given_an_account_chooses_the_password_by_mail(
    strict: AsyncClient, mailbox: Mailbox, make_user: MakeUser, admin: dict[str, str]
) -> None:
    body = {"email": "grace@example.com"}
    assert (await strict.post(f"{API}/users", json=body, headers=admin)).is_success
    token = await mailbox.token("grace@example.com")
    assert (await verify(strict, token)).status_code == 400
    assert (await reset(strict, token, PASSWORD)).status_code == 204
    assert (await login(strict, "grace@example.com")).status_code == 200


async def test_no_password_is_ever_mailed(
    client: AsyncClient, mailbox: Mailbox, admin: dict[str, str]
) -> None:
    await register(client, ADA)
    await register(client, ADA)
    await forgot(client, ADA)
    await reset(client, await mailbox.token(ADA))
    body = {"email": "grace@example.com", "password": PASSWORD}
    await client.post(f"{API}/users", json=body, headers=admin)
    tokens = await sign_in(client, ADA, "a much better one")
    change = {"current_password": "a much better one", "new_password": PASSWORD}
    url = f"{API}/users/me/password"
    assert (await client.post(url, json=change, headers=bearer(tokens))).is_success
    await mailbox.read(ADA)
    # To the administrator and to the two users, of each kind that takes a password.
    assert len(mailbox.mails) == 7
    for mail in mailbox.mails:
        assert PASSWORD not in str(mail)
        assert "a much better one" not in str(mail)
