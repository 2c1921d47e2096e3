"""Linking and unlinking accounts at providers."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import update

from app.core.clock import utc_now
from app.core.database import Session
from app.core.project import NAME
from app.domain.oauth import challenge_of
from app.models.session import UserSession
from tests.clients import API, bearer, sign_in
from tests.harness import MakeUser
from tests.mailbox import Mailbox
from tests.oauth.flow import VERIFIER, Flow

ACCOUNTS = f"{API}/users/me/oauth"


@pytest.fixture
async def headers(flow: Flow, make_user: MakeUser) -> dict[str, str]:
    """Of a user who has signed in with a password."""
    user = await make_user("grace@example.com")
    return bearer(await sign_in(flow.client, user.email))


async def link_code(flow: Flow) -> str:
    return await flow.code(code_challenge=challenge_of(VERIFIER), link=True)


async def link(flow: Flow, headers: dict[str, str]) -> Response:
    body = {"code": await link_code(flow), "code_verifier": VERIFIER}
    return await flow.client.post(ACCOUNTS, json=body, headers=headers)


async def unlink(flow: Flow, headers: dict[str, str]) -> Response:
    url = f"{ACCOUNTS}/{flow.provider}"
    return await flow.client.delete(url, headers=headers)


async def accounts(flow: Flow, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await flow.client.get(ACCOUNTS, headers=headers)
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_link_sign_in_and_unlink(
    flow: Flow, headers: dict[str, str], mailbox: Mailbox
) -> None:
    answer = await link(flow, headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["email"] == "ada@example.com"
    assert [each["provider"] for each in await accounts(flow, headers)] == [
        flow.provider
    ]
    assert (await flow.me())["email"] == "grace@example.com"
    assert (await unlink(flow, headers)).status_code == 204
    assert await accounts(flow, headers) == []
    assert (await unlink(flow, headers)).status_code == 404
    mails = await mailbox.read("grace@example.com")
    assert [mail["Subject"] for mail in mails[-2:]] == [
        f"How you sign in to {NAME} has changed"
    ] * 2


async def test_provider_need_not_vouch_for_an_address_to_be_linked(
    flow: Flow, headers: dict[str, str]
) -> None:
    flow.server.claims |= {"email_verified": False, "xms_edov": False}
    answer = await link(flow, headers)
    assert (answer.status_code, answer.json()["email"]) == (201, None)
    assert (await flow.me())["email"] == "grace@example.com"


async def test_code_without_a_challenge_links_nothing(
    flow: Flow, headers: dict[str, str]
) -> None:
    """Else an address with a code in it would have a user link somebody else's account."""
    assert (await flow.authorize(link=True)).status_code == 400
    code = await flow.code()
    for verifier in (VERIFIER, "x" * 43):
        body = {"code": code, "code_verifier": verifier}
        answer = await flow.client.post(ACCOUNTS, json=body, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "invalid_code")
    assert await accounts(flow, headers) == []


async def test_account_of_another_user_is_not_linked(
    flow: Flow, headers: dict[str, str]
) -> None:
    await flow.sign_in()
    answer = await link(flow, headers)
    assert (answer.status_code, answer.json()["type"]) == (409, "already_linked")


async def test_code_for_linking_signs_nobody_in_who_has_no_account(flow: Flow) -> None:
    answer = await flow.exchange(await link_code(flow), code_verifier=VERIFIER)
    assert answer.status_code == 401


async def test_last_way_to_sign_in_stays(flow: Flow) -> None:
    own = bearer(await flow.sign_in())
    answer = await unlink(flow, own)
    assert (answer.status_code, answer.json()["type"]) == (409, "last_way_to_sign_in")
    assert len(await accounts(flow, own)) == 1


async def test_old_session_changes_nothing(
    flow: Flow, headers: dict[str, str], session: Session
) -> None:
    assert (await link(flow, headers)).status_code == 201
    aged = utc_now() - timedelta(minutes=11)
    await session.execute(update(UserSession).values(created_at=aged))
    await session.commit()
    for answer in (await link(flow, headers), await unlink(flow, headers)):
        assert (answer.status_code, answer.json()["type"]) == (403, "sign_in_again")
    assert len(await accounts(flow, headers)) == 1
