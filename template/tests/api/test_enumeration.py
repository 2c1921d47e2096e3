"""No answer tells who has an account."""

import re

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Response

from app.core.resources import Resources
from app.domain.permission import Role
from tests.clients import API, bearer, forgot, login, register, sign_in
from tests.harness import MakeUser
from tests.mailbox import Mailbox

ADA, NOBODY = "ada@example.com", "nobody@example.com"


def seen(response: Response) -> tuple[int, dict[str, str], str]:
    """Everything a client sees but the request's own id."""
    headers = dict(response.headers) | {"x-request-id": ""}
    body = re.sub(r'"request_id":"\w+"', "", response.text)
    return response.status_code, headers, body


@pytest.fixture
async def accounts(client: AsyncClient, make_user: MakeUser) -> None:
    """One of each kind that cannot sign in with what is tried."""
    await make_user(ADA)
    await make_user("oauth@example.com", password=None)
    root = await make_user("root@example.com", Role.ADMIN)
    disabled = await make_user("disabled@example.com")
    await client.patch(
        f"{API}/users/{disabled.id}",
        json={"is_active": False},
        headers=bearer(await sign_in(client, root.email)),
    )


@pytest.mark.usefixtures("accounts")
async def test_login_answers_the_same_and_verifies_once_whatever_is_wrong(
    client: AsyncClient,
    running: tuple[FastAPI, Resources],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = running[1].passwords._hasher  # noqa: SLF001 - to count its work
    verify_and_update = hasher.verify_and_update
    verified = []

    def count(password: str, stored: str) -> tuple[bool, str | None]:
        verified.append(stored)
        return verify_and_update(password, stored)

    monkeypatch.setattr(hasher, "verify_and_update", count)
    answers = [
        seen(await login(client, ADA, "wrong")),
        seen(await login(client, NOBODY)),
        seen(await login(client, "not an address")),
        seen(await login(client, "oauth@example.com")),
        seen(await login(client, "disabled@example.com")),
    ]
    assert answers == [answers[0]] * 5
    assert answers[0][0] == 401
    assert len(verified) == 5
    assert all(stored.startswith("$argon2id$v=19$m=8,t=1,p=1$") for stored in verified)


async def test_registration_answers_the_same_and_tells_the_owner_by_mail(
    client: AsyncClient, mailbox: Mailbox
) -> None:
    first = seen(await register(client, ADA))
    assert seen(await register(client, "ADA@example.com", "another password")) == first
    subjects = [mail["Subject"] for mail in await mailbox.read(ADA)]
    assert subjects[0].startswith("Confirm your address")
    assert subjects[1].startswith("You already have an account")


@pytest.mark.parametrize("path", ["password/forgot", "verify-email/resend"])
async def test_asking_for_a_mail_answers_the_same(
    client: AsyncClient, mailbox: Mailbox, path: str
) -> None:
    await register(client, ADA)
    answers = [
        seen(await client.post(f"{API}/auth/{path}", json={"email": email}))
        for email in (ADA, NOBODY)
    ]
    assert answers == [answers[0]] * 2
    assert answers[0][0] == 202
    assert len(await mailbox.read(ADA)) == 2
    assert await mailbox.read(NOBODY) == []


async def test_mail_is_written_after_the_answer(
    client: AsyncClient, mailbox: Mailbox, make_user: MakeUser
) -> None:
    """The mailbox's worker starts only when a test looks."""
    await make_user(ADA)
    assert (await forgot(client, ADA)).status_code == 202
    assert mailbox.mails == []
    assert len(await mailbox.read(ADA)) == 2
