"""Requests that no client would send, over a real socket to the real server."""

import socket
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any

import pytest

from app.application import create_app
from tests.clients import API
from tests.harness import Logs, make_settings
from tests.live import LiveServer, serve

HOST = "127.0.0.1"
ME = f"{API}/users/me"


def make_server(url: str, environment: str, **options: Any) -> Iterator[LiveServer]:
    settings = make_settings(url, environment=environment, allowed_hosts=[HOST])
    with serve(create_app(settings), **options) as live:
        yield live


@pytest.fixture(scope="module")
def server(database_url: str) -> Iterator[LiveServer]:
    yield from make_server(database_url, "development")


@pytest.fixture(scope="module")
def behind_proxy(database_url: str) -> Iterator[LiveServer]:
    """One that believes the peer which the tests are."""
    yield from make_server(database_url, "production", forwarded_allow_ips=HOST)


@pytest.fixture(scope="module")
def exposed(database_url: str) -> Iterator[LiveServer]:
    """One that believes somebody else."""
    yield from make_server(database_url, "production", forwarded_allow_ips="192.0.2.1")


def connect(server: LiveServer) -> socket.socket:
    port = int(server.url.rpartition(":")[2])
    return socket.create_connection((HOST, port), timeout=5)


def talk(server: LiveServer, request: bytes) -> bytes:
    """Everything the server says until it hangs up."""
    with connect(server) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def ask(
    server: LiveServer,
    *lines: str,
    method: str = "GET",
    target: str = ME,
    host: str | None = HOST,
) -> bytes:
    """Send a request with these header lines."""
    first = [f"{method} {target} HTTP/1.1"]
    named = [] if host is None else [f"Host: {host}"]
    head = [*first, *named, *lines, "Connection: close", "", ""]
    return talk(server, "\r\n".join(head).encode("latin-1"))


def status_of(answer: bytes) -> int:
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    return int(answer.split()[1])


def test_request_that_is_fine_is_read(server: LiveServer) -> None:
    """The control of this file."""
    assert status_of(ask(server)) == 401
    assert status_of(ask(server, *(f"X-{number}: x" for number in range(90)))) == 401


@pytest.mark.parametrize(
    ("ask_for_much", "status"),
    [
        (lambda server: ask(server, *(f"X-{n}: x" for n in range(101))), 431),
        (lambda server: ask(server, *["X: x"] * 10_000), 431),
        (lambda server: ask(server, "X: " + "x" * 40_000), 431),
        (lambda server: ask(server, *["X: " + "x" * 4000] * 10), 431),
        (lambda server: ask(server, target=f"{ME}?{'x' * 9000}"), 414),
        (lambda server: ask(server, target="/" + "x" * 9000), 414),
    ],
)
def test_head_is_bounded(
    server: LiveServer, ask_for_much: Callable[[LiveServer], bytes], status: int
) -> None:
    answer = ask_for_much(server)
    assert status_of(answer) == status
    assert b"application/problem+json" in answer
    assert b"x-request-id" in answer
    assert len(answer) < 2048


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: -1"],
        ["Content-Length: 5x"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding : chunked"],
        ["X: a\nContent-Length: 5"],
    ],
    ids=str,
)
def test_body_of_two_possible_ends_is_refused_and_nothing_behind_it_is_read(
    server: LiveServer, lines: list[str]
) -> None:
    head = [f"POST {ME} HTTP/1.1", f"Host: {HOST}", *lines, "", ""]
    smuggled = f"0\r\n\r\nGET {ME} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    answer = talk(server, ("\r\n".join(head) + smuggled).encode())
    assert status_of(answer) == 400


@pytest.mark.parametrize(
    ("lines", "host"),
    [
        ([], None),
        ([f"Host: {HOST}"], HOST),
        (["Host: evil.example"], HOST),
        ([f"Host: {HOST}"], "evil.example"),
        *(
            ([], host)
            for host in ("", "a b", f"a@{HOST}", f"{HOST}@evil", f"{HOST}\t:80")
        ),
        ([f"X-Forwarded-Host: {HOST}", f"Forwarded: host={HOST}"], "evil.example"),
    ],
    ids=str,
)
def test_request_for_no_host_or_another_one_is_refused(
    server: LiveServer, lines: list[str], host: str | None
) -> None:
    assert status_of(ask(server, *lines, host=host)) == 400


def test_methods_that_do_not_exist_here_do_nothing(server: LiveServer) -> None:
    trace = ask(server, "X-Secret: canary", method="TRACE")
    assert (status_of(trace), b"canary" in trace) == (405, False)
    head = ask(server, method="HEAD")
    assert (status_of(head), head.endswith(b"\r\n\r\n")) == (405, True)
    assert status_of(ask(server, method="FOO")) in {400, 405}


FORWARDED = ("X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example")


def test_only_a_trusted_proxy_says_that_the_request_came_over_https(
    behind_proxy: LiveServer, exposed: LiveServer
) -> None:
    assert status_of(ask(behind_proxy)) == 403
    assert status_of(ask(behind_proxy, *FORWARDED)) == 401
    assert status_of(ask(behind_proxy, *FORWARDED, host="evil.example")) == 400
    assert status_of(ask(behind_proxy, "X-Forwarded-Proto: ftp")) == 403
    answer = ask(exposed, *FORWARDED)
    assert (status_of(answer), b"https_required" in answer) == (403, True)
    assert b"\r\nlocation:" not in answer.lower()


def test_client_that_leaves_amid_its_body_is_no_error(
    server: LiveServer, logs: Logs
) -> None:
    head = f"POST {API}/auth/register HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n"
    with connect(server) as connection:
        connection.sendall(
            f'{head}Content-Type: application/json\r\n\r\n{{"a"'.encode()
        )
    end = monotonic() + 5
    while not any(line["event"] == "request" for line in logs()):
        assert monotonic() < end
        sleep(0.005)
    assert {line["level"] for line in logs()} == {"info"}
