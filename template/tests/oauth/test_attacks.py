"""What did not come from the sign-in that this browser began."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from httpx2 import Response
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.database import Session
from app.models.user import User
from tests.clients import API
from tests.oauth.conftest import MakeBrowser
from tests.oauth.flow import Flow, parameters

Attack = Callable[[Flow, MakeBrowser], Awaitable[Response]]


async def no_state(flow: Flow, _: MakeBrowser) -> Response:
    path = urlsplit(await flow.go_and_return()).path
    return await flow.client.get(path, params={"code": "x"})


async def wrong_state(flow: Flow, _: MakeBrowser) -> Response:
    back = parameters(await flow.go_and_return()) | {"state": "x" * 43}
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    return await flow.client.get(url, params=back)


async def state_used(flow: Flow, _: MakeBrowser) -> Response:
    back = await flow.go_and_return()
    flow.server.faults["token"] = "down"
    assert (await flow.client.get(back)).status_code == 502
    flow.server.faults.clear()
    return await flow.client.get(back)


async def state_expired(flow: Flow, _: MakeBrowser) -> Response:
    back = await flow.go_and_return()
    # A browser forgets the cookie by then; an attacker does not.
    headers = {"Cookie": f"oauth={flow.client.cookies['oauth']}"}
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        return await flow.client.get(back, headers=headers)


async def another_browser(flow: Flow, make_browser: MakeBrowser) -> Response:
    back = await flow.go_and_return()
    async with make_browser() as other:
        await Flow(other, flow.server, flow.provider).authorize()
        return await other.get(back)


async def no_cookie(flow: Flow, make_browser: MakeBrowser) -> Response:
    async with make_browser() as other:
        return await other.get(await flow.go_and_return())


async def no_code(flow: Flow, _: MakeBrowser) -> Response:
    state = parameters(await flow.go_and_return())["state"]
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    return await flow.client.get(url, params={"state": state})


async def unknown_code(flow: Flow, _: MakeBrowser) -> Response:
    back = parameters(await flow.go_and_return()) | {"code": "unknown"}
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    return await flow.client.get(url, params=back)


async def code_of_another_sign_in(flow: Flow, _: MakeBrowser) -> Response:
    """The provider refuses it: its challenge is another verifier's."""
    first = parameters(await flow.go_and_return())
    second = parameters(await flow.go_and_return())
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    return await flow.client.get(url, params=second | {"code": first["code"]})


async def another_issuer(flow: Flow, _: MakeBrowser) -> Response:
    back = parameters(await flow.go_and_return()) | {"iss": "https://evil.example"}
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    return await flow.client.get(url, params=back)


async def error_of_the_provider(flow: Flow, _: MakeBrowser) -> Response:
    state = parameters(await flow.go_and_return())["state"]
    url = f"{API}/auth/oauth/{flow.provider}/callback"
    return await flow.client.get(url, params={"state": state, "error": "server_error"})


ATTACKS: list[Attack] = [
    no_state,
    wrong_state,
    state_used,
    state_expired,
    another_browser,
    no_cookie,
    no_code,
    unknown_code,
    code_of_another_sign_in,
    another_issuer,
    error_of_the_provider,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_what_did_not_come_from_this_sign_in_is_refused(
    flow: Flow, make_browser: MakeBrowser, session: Session, attack: Attack
) -> None:
    answer = await attack(flow, make_browser)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] in {"invalid_state", "sign_in_refused"}
    assert not (await session.scalars(select(User))).all()


async def test_code_that_comes_to_another_providers_address_is_sent_nowhere(
    flow: Flow,
) -> None:
    """Mix-up (RFC 9700, 4.4)."""
    back = await flow.go_and_return()
    providers = (await flow.client.get(f"{API}/auth/oauth")).json()["providers"]
    for other in {each["name"] for each in providers} - {flow.provider}:
        moved = back.replace(f"/{flow.provider}/callback", f"/{other}/callback")
        answer = await flow.client.get(moved)
        assert (answer.status_code, answer.json()["type"]) == (400, "invalid_state")
    assert flow.server.asked["token"] == 0
    assert (await flow.client.get(back)).status_code == 302
