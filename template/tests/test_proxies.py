"""Forwarded headers, on a real server: whom it believes, and what."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import APIRouter, Request
from httpx2 import Client, Response

from app.api.access import PUBLIC
from app.application import create_app
from app.core.extension import Extension
from tests.clients import API
from tests.harness import make_settings
from tests.live import serve

router = APIRouter(dependencies=[PUBLIC])


@router.get("/seen")
async def seen(request: Request) -> list[str]:
    """Say what the application takes for the scheme and the client."""
    return [request.url.scheme, request.client.host if request.client else ""]


@contextmanager
def client_of_server(database_url: str, trusted: str) -> Iterator[Client]:
    """A client of a server that believes the addresses in `trusted`."""
    settings = make_settings(
        database_url,
        allowed_hosts=["127.0.0.1"],
        rate_limit_enabled=True,
        rate_limit_default="3/minute",
    )
    app = create_app(settings, [Extension(name="seen", router=router)])
    with (
        serve(app, forwarded_allow_ips=trusted) as server,
        Client(base_url=server.url) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def proxy(database_url: str) -> Iterator[Client]:
    """A client that the server takes for a proxy, behind another one."""
    with client_of_server(database_url, "127.0.0.1,10.0.0.0/8") as client:
        yield client


def ask(client: Client, **forwarded: str) -> Response:
    headers = {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
    return client.get(f"{API}/seen", headers=headers)


def test_a_stranger_chooses_neither_its_address_nor_the_scheme(
    database_url: str,
) -> None:
    with client_of_server(database_url, "192.0.2.1") as client:
        answers = [
            ask(client, For=f"203.0.113.{number}", Proto="https") for number in range(4)
        ]
    assert [answer.json() for answer in answers[:3]] == [["http", "127.0.0.1"]] * 3
    assert answers[3].status_code == 429


def test_a_proxy_names_the_address_that_it_saw_whatever_stands_before_it(
    proxy: Client,
) -> None:
    for number in range(3):
        answer = ask(proxy, For=f"198.51.100.{number}, 203.0.113.7")
        assert answer.json() == ["http", "203.0.113.7"]
    for behind in ("198.51.100.9, 203.0.113.7", "198.51.100.9, 203.0.113.7, 10.1.2.3"):
        assert ask(proxy, For=behind).status_code == 429
    assert ask(proxy, For="203.0.113.7, 203.0.113.8").status_code == 200


def test_a_proxy_names_the_scheme_but_not_the_host(proxy: Client) -> None:
    forwarded = {"For": "203.0.113.9", "Proto": "https", "Host": "evil.example"}
    assert ask(proxy, **forwarded).json() == ["https", "203.0.113.9"]
    headers = {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1"}
    assert proxy.get(f"{API}/seen", headers=headers).status_code == 400
