"""The audit log names what happened, to whom, by whom and from where."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx2 import AsyncClient

from app.core.clock import utc_now
from app.core.config import Settings
from tests.clients import (
    API,
    bearer,
    forgot,
    login,
    refresh,
    register,
    reset,
    sign_in,
    verify,
)
from tests.harness import PASSWORD, Logs, MakeUser, log_output
from tests.mailbox import Mailbox

Headers = dict[str, str]

# Each event with its fields, beside those of every event.
EXPECTED: dict[str, set[str]] = {
    "user_registered": set(),
    "registration_repeated": set(),
    "verification_requested": set(),
    "email_verified": set(),
    "password_reset_requested": set(),
    "password_reset": set(),
    "login_failed": set(),
    "roles_changed": {"actor_id", "roles"},
    "sessions_ended": {"actor_id"},
    "user_created": {"actor_id"},
    "user_updated": {"actor_id", "fields"},
    "user_deleted": {"actor_id"},
    "password_changed": {"actor_id"},
    "logged_in": {"session_id"},
    "logged_out": {"session_id"},
    "refresh_token_reused": {"session_id"},
    "access_denied": {"actor_id", "permission"},
    # yours
}

FIELDS = {
    *("event", "logger", "level", "timestamp"),
    *("user_id", "request_id", "ip", "user_agent"),
}


def audited(logs: Logs) -> list[dict[str, Any]]:
    return [line for line in logs() if line["logger"] == "app.audit"]


async def administrate(client: AsyncClient, admin: Headers) -> None:
    body = {"email": "grace@example.com", "password": PASSWORD}
    created = await client.post(f"{API}/users", json=body, headers=admin)
    url = f"{API}/users/{created.json()['id']}"
    await client.patch(url, json={"roles": []}, headers=admin)
    await client.delete(f"{url}/sessions", headers=admin)
    await client.delete(url, headers=admin)


async def prove_an_address(client: AsyncClient, mailbox: Mailbox) -> None:
    await register(client, "ada@example.com")
    await register(client, "ada@example.com")
    resend = f"{API}/auth/verify-email/resend"
    await client.post(resend, json={"email": "ada@example.com"})
    await verify(client, await mailbox.token("ada@example.com"))
    await forgot(client, "ada@example.com")
    await reset(client, await mailbox.token("ada@example.com"))


async def use_an_account(client: AsyncClient) -> None:
    await register(client, "linus@example.com")
    await login(client, "linus@example.com", "wrong")
    first = await sign_in(client, "linus@example.com")
    await refresh(client, first)
    with time_machine.travel(utc_now() + timedelta(seconds=11)):
        await refresh(client, first)
    headers = bearer(await sign_in(client, "linus@example.com"))
    change = {"current_password": PASSWORD, "new_password": "a much better one"}
    await client.post(f"{API}/users/me/password", json=change, headers=headers)
    await client.get(f"{API}/users", headers=headers)
    await client.post(f"{API}/auth/logout", headers=headers)


async def test_every_event_has_its_name_and_its_fields(
    client: AsyncClient, admin: Headers, mailbox: Mailbox, logs: Logs
) -> None:
    await prove_an_address(client, mailbox)
    await use_an_account(client)
    await administrate(client, admin)
    events = audited(logs)
    assert {line["event"]: set(line) - FIELDS for line in events} == EXPECTED
    for line in events:
        assert set(line) >= FIELDS
        assert line["user_id"]
        assert line["ip"] == "127.0.0.1"
        assert line["timestamp"].endswith("Z")


async def test_what_an_administrator_does_names_both(
    client: AsyncClient, admin: Headers, make_user: MakeUser, logs: Logs
) -> None:
    user = await make_user("grace@example.com")
    me = (await client.get(f"{API}/users/me", headers=admin)).json()
    response = await client.delete(f"{API}/users/{user.id}", headers=admin)
    (deleted,) = [line for line in audited(logs) if line["event"] == "user_deleted"]
    assert (deleted["user_id"], deleted["actor_id"]) == (str(user.id), me["id"])
    assert deleted["request_id"] == response.headers["X-Request-ID"]


async def test_who_acts_is_forgotten_with_the_request(
    client: AsyncClient, admin: Headers, make_user: MakeUser, logs: Logs
) -> None:
    user = await make_user("grace@example.com")
    await client.get(f"{API}/users/me", headers=admin)
    await sign_in(client, user.email)
    known, unknown = [line for line in logs() if line["event"] == "request"]
    assert "actor_id" in known
    assert "actor_id" not in unknown


async def test_a_denied_permission_is_a_warning_that_names_it(
    client: AsyncClient, ada: Headers, logs: Logs
) -> None:
    me = (await client.get(f"{API}/users/me", headers=ada)).json()
    assert (await client.get(f"{API}/users", headers=ada)).status_code == 403
    (denied,) = audited(logs)
    assert (denied["event"], denied["level"]) == ("access_denied", "warning")
    assert (denied["permission"], denied["user_id"]) == ("users:read", me["id"])


async def test_the_user_agent_is_cut_and_may_be_absent(
    client: AsyncClient, make_user: MakeUser, logs: Logs
) -> None:
    user = await make_user()
    client.headers["User-Agent"] = "é" * 500
    await sign_in(client, user.email)
    del client.headers["User-Agent"]
    await sign_in(client, user.email)
    events = [line for line in audited(logs) if line["event"] == "logged_in"]
    first, second = [line["user_agent"] for line in events]
    assert len(first) == 200
    assert second == ""


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
async def test_no_log_level_silences_the_audit_log(
    client: AsyncClient, settings: Settings, make_user: MakeUser, level: str
) -> None:
    user = await make_user()
    with log_output(settings, log_level=level) as stream:
        await login(client, user.email)
    assert "logged_in" in stream.getvalue()
    assert "app.access" not in stream.getvalue()
