"""Forgotten passwords: a link by mail, once, for an hour, for the account as it was."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from httpx2 import AsyncClient

from app.core.clock import utc_now
from tests.clients import (
    API,
    bearer,
    forgot,
    login,
    read_me,
    refresh,
    register,
    reset,
    sign_in,
    verify,
)
from tests.harness import PASSWORD, LiveClient, MakeUser
from tests.mailbox import Mailbox, count_mails, reset_token

ADA = "ada@example.com"
NEW = "a much better one"


async def test_link_sets_a_new_password_once_and_signs_nobody_in(
    client: AsyncClient, make_user: MakeUser, mailbox: Mailbox
) -> None:
    await make_user(ADA)
    before = await sign_in(client, ADA)
    answer = await forgot(client, "ADA@example.com")
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    (link,) = await mailbox.links(ADA)
    assert link.startswith("http://localhost:8000/reset-password#token=")
    token = await mailbox.token(ADA)
    first, again = await reset(client, token), await reset(client, token)
    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, again.json()["type"]) == (400, "invalid_link")
    assert (await read_me(client, before)).status_code == 401
    assert (await refresh(client, before)).status_code == 401
    assert (await login(client, ADA)).status_code == 401
    me = (await read_me(client, await sign_in(client, ADA, NEW))).json()
    assert me["email_verified"] is True
    subjects = [mail["Subject"] for mail in await mailbox.read(ADA)]
    assert subjects[-1].endswith("was changed")


async def test_another_change_of_the_password_ends_the_link(
    client: AsyncClient, make_user: MakeUser, mailbox: Mailbox
) -> None:
    await make_user(ADA)
    await forgot(client, ADA)
    token = await mailbox.token(ADA)
    body = {"current_password": PASSWORD, "new_password": NEW}
    headers = bearer(await sign_in(client, ADA))
    url = f"{API}/users/me/password"
    assert (await client.post(url, json=body, headers=headers)).is_success
    assert (await reset(client, token)).status_code == 400


async def test_link_works_for_an_hour(
    client: AsyncClient, make_user: MakeUser, mailbox: Mailbox
) -> None:
    await make_user(ADA)
    now = utc_now()
    with time_machine.travel(now, tick=False) as clock:
        await forgot(client, ADA)
        token = await mailbox.token(ADA)
        clock.move_to(now + timedelta(hours=1, seconds=1))
        assert (await reset(client, token)).status_code == 400
        clock.move_to(now + timedelta(minutes=59))
        assert (await reset(client, token)).status_code == 204


async def test_disabled_user_gets_no_mail_and_an_old_link_does_nothing(
    client: AsyncClient,
    make_user: MakeUser,
    mailbox: Mailbox,
    admin: dict[str, str],
) -> None:
    user = await make_user(ADA)
    await forgot(client, ADA)
    token = await mailbox.token(ADA)
    resend = f"{API}/auth/verify-email/resend"
    await client.post(resend, json={"email": ADA})
    verification = await mailbox.token(ADA)
    url = f"{API}/users/{user.id}"
    await client.patch(url, json={"is_active": False}, headers=admin)
    sent = len(await mailbox.read(ADA))
    assert (await forgot(client, ADA)).status_code == 202
    assert (await reset(client, token)).status_code == 400
    assert (await verify(client, verification)).status_code == 400
    assert len(await mailbox.read(ADA)) == sent


@pytest.mark.parametrize("token", ["x", "a.b.c", "\u00fc.\u00fc.\u00fc", "." * 2000])
async def test_garbage_is_no_link(client: AsyncClient, token: str) -> None:
    for answer in (await reset(client, token), await verify(client, token)):
        assert (answer.status_code, answer.json()["type"]) == (400, "invalid_link")


async def test_of_two_uses_at_once_one_succeeds(
    live_client: LiveClient, tmp_path: Path
) -> None:
    async with live_client(mail_url=f"file:{tmp_path}") as client:
        await register(client, ADA)
        await forgot(client, ADA)
    # The application has stopped, so every mail is there.
    token = reset_token(tmp_path)
    async with live_client(mail_url=f"file:{tmp_path}") as client:
        answers = await asyncio.gather(
            *(reset(client, token, f"{NEW} {number}") for number in range(4))
        )
    assert Counter(answer.status_code for answer in answers) == {204: 1, 400: 3}


async def test_nobody_can_fill_a_mailbox(
    live_client: LiveClient, tmp_path: Path
) -> None:
    changes = {"mail_url": f"file:{tmp_path}", "rate_limit_enabled": True}
    async with live_client(**changes) as client:
        await register(client, ADA)
        for _ in range(6):
            assert (await forgot(client, ADA)).status_code == 202
            assert (await register(client, ADA)).status_code == 202
    # The confirmation, and five of those that anybody can ask for.
    assert count_mails(tmp_path) == 6


async def test_password_close_to_the_address_is_refused_and_the_link_lives(
    client: AsyncClient, make_user: MakeUser, mailbox: Mailbox
) -> None:
    await make_user("ada.lovelace@example.com")
    await forgot(client, "ada.lovelace@example.com")
    token = await mailbox.token("ada.lovelace@example.com")
    refused = await reset(client, token, "Ada.Lovelace-1815")
    assert (refused.status_code, refused.json()["type"]) == (422, "weak_password")
    assert (await reset(client, token)).status_code == 204


async def test_new_password_by_mail_ends_the_wait_after_failures(
    live_client: LiveClient, tmp_path: Path
) -> None:
    changes = {"mail_url": f"file:{tmp_path}", "rate_limit_enabled": True}
    async with live_client(**changes) as client:
        await register(client, ADA)
        for _ in range(10):
            await login(client, ADA, "wrong")
        assert (await login(client, ADA)).status_code == 429
        await forgot(client, ADA)
    token = reset_token(tmp_path)
    async with live_client(**changes) as client:
        assert (await reset(client, token)).status_code == 204
        assert (await login(client, ADA, NEW)).status_code == 200
