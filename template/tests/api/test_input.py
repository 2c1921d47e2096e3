"""Text that a database or an encoding cannot hold gets a 4xx everywhere, never a 500."""

import json

import pytest
from httpx2 import AsyncClient

from app.domain.permission import Role
from tests.clients import API, bearer, sign_in
from tests.harness import PASSWORD, MakeUser
from tests.operations import read_document

BAD_TEXT = ["nul\0", "\0", "\ud800", "a\udfffb"]

BODIES = [
    ("POST", "/auth/register", {"email": "{}@example.com", "password": PASSWORD}),
    ("POST", "/auth/register", {"email": "a@example.com", "password": "{} password"}),
    (
        "POST",
        "/auth/register",
        {"email": "a@example.com", "password": PASSWORD, "full_name": "{}"},
    ),
    ("POST", "/auth/refresh", {"refresh_token": "{}"}),
    ("PATCH", "/users/me", {"full_name": "{}"}),
    (
        "POST",
        "/users/me/password",
        {"current_password": "{}", "new_password": "a much better one"},
    ),
    (
        "POST",
        "/users/me/password",
        {"current_password": PASSWORD, "new_password": "{} password"},
    ),
    ("POST", "/users", {"email": "{}@example.com"}),
    ("POST", "/users", {"email": "a@example.com", "full_name": "{}"}),
    ("POST", "/users", {"email": "a@example.com", "roles": ["{}"]}),
]


@pytest.mark.parametrize("text", BAD_TEXT, ids=ascii)
@pytest.mark.parametrize("call", BODIES, ids=str)
async def test_bad_text_in_json_is_refused(
    client: AsyncClient,
    make_user: MakeUser,
    call: tuple[str, str, dict[str, object]],
    text: str,
) -> None:
    method, path, template = call
    user = await make_user("root@example.com", Role.ADMIN)
    headers = bearer(await sign_in(client, user.email))
    body = json.dumps(template).replace("{}", json.dumps(text)[1:-1])
    headers["Content-Type"] = "application/json"
    response = await client.request(
        method, f"{API}{path}", content=body, headers=headers
    )
    assert 400 <= response.status_code < 500, response.text


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%FF"])
async def test_bad_text_in_forms_queries_and_paths_is_refused(
    client: AsyncClient, make_user: MakeUser, text: str
) -> None:
    user = await make_user("root@example.com", Role.ADMIN)
    headers = bearer(await sign_in(client, user.email))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (f"username={text}&password=x", f"username=a&password={text}"):
        response = await client.post(f"{API}/auth/login", content=body, headers=form)
        assert 400 <= response.status_code < 500
    for path in (f"/users/{text}", f"/users?cursor={text}", f"/{text}"):
        response = await client.get(f"{API}{path}", headers=headers)
        assert 400 <= response.status_code < 500
    # A query that is no UTF-8 is read with replacement characters, which match nothing.
    response = await client.get(f"{API}/users?q={text}", headers=headers)
    assert response.status_code == (422 if text == "%00" else 200)


async def test_bad_text_in_headers_is_refused(
    client: AsyncClient, admin: dict[str, str]
) -> None:
    for operation in (await read_document(client)).operations:
        for parameter in operation.parameters:
            if parameter["in"] != "header":
                continue
            for text in (b"nul\0", b"\xed\xa0\x80", b"\xff", b"\t", b""):
                headers = {b"Authorization": admin["Authorization"].encode()} | {
                    parameter["name"].encode(): text
                }
                response = await client.request(
                    operation.method, operation.url, headers=headers
                )
                assert 400 <= response.status_code < 500, (operation.name, text)
