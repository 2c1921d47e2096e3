"""What holds for every provider: signing in, and what is refused."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.database import Session
from app.domain.oauth import challenge_of
from app.models.oauth import OAuthAccount
from app.models.user import User
from tests.canaries import JWT_HEADS
from tests.clients import API, bearer, login
from tests.harness import PASSWORD, MakeUser
from tests.oauth.flow import VERIFIER, Flow, parameters


async def test_first_sign_in_makes_an_account_and_the_next_finds_it(flow: Flow) -> None:
    me = await flow.me()
    assert (me["email"], me["full_name"]) == ("ada@example.com", "Ada")
    assert me["email_verified"]
    assert me["roles"] == ["user"]
    flow.server.claims["email"] = "new@example.com"
    assert await flow.me() == me


async def test_what_is_sent_to_the_provider(flow: Flow) -> None:
    answer = await flow.authorize()
    sent = parameters(answer.headers["Location"])
    assert sent["redirect_uri"] == (
        f"http://localhost:8000{API}/auth/oauth/{flow.provider}/callback"
    )
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    again = parameters((await flow.authorize()).headers["Location"])
    for random in ("state", "code_challenge"):
        assert len(sent[random]) == 43
        assert sent[random] != again[random]
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/;" in cookie


async def test_tokens_are_in_no_address(flow: Flow) -> None:
    answer = await flow.callback()
    location = urlsplit(answer.headers["Location"])
    assert parameters(answer.headers["Location"]).keys() == {"code"}
    assert not any(head in str(location) for head in JWT_HEADS)
    assert not location.fragment
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_code_works_once_and_for_a_minute(flow: Flow) -> None:
    code = await flow.code()
    assert (await flow.exchange(code)).status_code == 200
    assert (await flow.exchange(code)).status_code == 401
    code = await flow.code()
    with time_machine.travel(utc_now() + timedelta(seconds=61)):
        answer = await flow.exchange(code)
    assert (answer.status_code, answer.json()["type"]) == (401, "invalid_code")


async def test_code_of_an_application_with_a_challenge_needs_its_verifier(
    flow: Flow,
) -> None:
    for more, status in (
        ({}, 401),
        ({"code_verifier": "x" * 43}, 401),
        ({"code_verifier": VERIFIER}, 200),
    ):
        code = await flow.code(code_challenge=challenge_of(VERIFIER))
        assert (await flow.exchange(code, **more)).status_code == status
    # Made by somebody else, who had no challenge, for an application that always has one.
    code = await flow.code()
    assert (await flow.exchange(code, code_verifier=VERIFIER)).status_code == 401


async def test_disabled_user_gets_no_tokens(flow: Flow, session: Session) -> None:
    await flow.me()
    user = (await session.scalars(select(User))).one()
    user.is_active = False
    await session.commit()
    assert (await flow.exchange(await flow.code())).status_code == 401


async def test_who_refuses_at_the_provider_is_told_to_the_application(
    flow: Flow,
) -> None:
    sent = parameters((await flow.authorize()).headers["Location"])
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    back = {"state": sent["state"], "error": "access_denied"}
    answer = await flow.client.get(url, params=back)
    assert answer.status_code == 302
    assert parameters(answer.headers["Location"]) == {"error": "access_denied"}
    assert (await flow.client.get(url, params=back)).status_code == 400


async def test_address_that_the_provider_does_not_vouch_for_finds_nobody(
    flow: Flow, make_user: MakeUser, session: Session
) -> None:
    flow.server.claims |= {"email_verified": False, "xms_edov": False}
    unknown = await flow.callback()
    user = await make_user("ada@example.com")
    user.email_verified = True
    await session.merge(user)
    await session.commit()
    known = await flow.callback()
    for answer in (unknown, known):
        assert answer.status_code == 400
        assert answer.json()["type"] == "email_not_verified"
    assert not (await session.scalars(select(OAuthAccount))).all()


@pytest.mark.parametrize("verified", ["true", 1, None, [True]])
async def test_only_true_is_verified(flow: Flow, verified: object) -> None:
    flow.server.claims |= {"email_verified": verified, "xms_edov": verified}
    answer = await flow.callback()
    assert answer.status_code in {400, 502}


async def test_unverified_account_is_not_the_providers_users(
    flow: Flow, make_user: MakeUser, session: Session
) -> None:
    """Somebody may have registered the address and wait for its owner to come."""
    await make_user("ADA@example.com")
    answer = await flow.callback()
    assert (answer.status_code, answer.json()["type"]) == (409, "sign_in_first")
    assert not (await session.scalars(select(OAuthAccount))).all()


async def test_verified_account_is_linked_by_a_verified_address(
    flow: Flow, make_user: MakeUser, session: Session
) -> None:
    user = await make_user("ADA@example.com")
    user.email_verified = True
    await session.merge(user)
    await session.commit()
    assert (await flow.me())["id"] == str(user.id)
    assert (await login(flow.client, user.email, PASSWORD)).status_code == 200


async def test_same_address_of_another_subject_is_nobody_else(flow: Flow) -> None:
    await flow.me()
    flow.server.claims["sub"] = "sub-2"
    answer = await flow.callback()
    assert (answer.status_code, answer.json()["type"]) == (409, "already_linked")


async def test_user_of_a_provider_has_no_password(flow: Flow) -> None:
    await flow.sign_in()
    answer = await login(flow.client, "ada@example.com")
    assert (answer.status_code, answer.json()["type"]) == (401, "wrong_credentials")


async def test_nothing_of_the_provider_is_kept(flow: Flow, session: Session) -> None:
    tokens = await flow.sign_in()
    assert (await flow.client.get(f"{API}/users/me", headers=bearer(tokens))).is_success
    account = (await session.scalars(select(OAuthAccount))).one()
    kept = {value for key, value in vars(account).items() if isinstance(value, str)}
    assert kept == {flow.provider, account.issuer, account.subject, account.email}


async def test_path_of_the_callback_is_the_settings_not_the_hosts(flow: Flow) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    url = f"{API}/auth/oauth/{flow.provider}/authorize"
    answer = await flow.client.get(url, headers=headers)
    assert "evil" not in answer.headers["Location"]
    evil = await flow.client.get(url, headers={"Host": "evil.example"})
    assert evil.status_code == 400
