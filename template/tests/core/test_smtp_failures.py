"""What becomes of a mail when its server fails, and what the log tells of it."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from email.headerregistry import Address
from urllib.parse import quote

import pytest
import stamina

from app.core.mail.outbox import Outbox, compose
from app.core.mail.smtp import SMTPTransport
from app.core.mail.transport import MailError, Transport
from app.core.mail.url import create_transport
from app.domain.mail import Message
from tests.harness import Logs
from tests.servers.smtp import PASSWORD, smtp_server

SENDER = Address(addr_spec="no-reply@example.com")
MESSAGE = Message(
    to="ada@example.com",
    subject="Hello",
    text="https://example.com/reset#token=secret",
)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """No pauses between attempts, of which there are as many as ever."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


async def deliver(transport: Transport, patience: float = 5) -> None:
    """Send `MESSAGE` as the service does."""

    async def job() -> Message:
        return MESSAGE

    async with Outbox(transport, sender=SENDER, patience=patience) as outbox:
        outbox.post(job)


async def failures(url: str, logs: Logs) -> list[tuple[str, int | None]]:
    """What the log says of a mail to `url`; nothing in it may be a secret."""
    await deliver(create_transport(url))
    lines = logs()
    for secret in ("ada", "example.com", "secret", PASSWORD, quote(PASSWORD, safe="")):
        assert secret not in str(lines)
    return [
        (line["error"], line["status"])
        for line in lines
        if line["event"] == "mail_failed"
    ]


async def test_wrong_password_is_logged_without_it(logs: Logs) -> None:
    async with smtp_server() as server:
        url = f"smtp://user:wrong-{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}"
        assert await failures(url, logs) == [("SMTPAuthenticationError", 535)]
    assert server.logins == 2  # by two mechanisms


async def test_server_that_is_away_is_tried_three_times(
    logs: Logs, unused_tcp_port: int
) -> None:
    url = f"smtp://127.0.0.1:{unused_tcp_port}"
    assert await failures(url, logs) == [("ConnectionRefusedError", None)]
    retries = [line for line in logs() if line["event"] == "stamina.retry_scheduled"]
    assert len(retries) == 2


async def test_mail_that_may_come_later_is_delivered_once(logs: Logs) -> None:
    async with smtp_server("450 later", "451 later") as server:
        assert await failures(f"smtp://127.0.0.1:{server.port}", logs) == []
    assert (server.attempts, len(server.received)) == (3, 1)


async def test_mail_that_may_come_later_is_given_up_after_three_times(
    logs: Logs,
) -> None:
    async with smtp_server(*3 * ["450 later"]) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        assert await failures(url, logs) == [("SMTPRecipientRefused", 450)]
    assert server.received == []


async def test_mail_that_is_refused_is_not_tried_again(logs: Logs) -> None:
    async with smtp_server("550 no such user") as server:
        url = f"smtp://127.0.0.1:{server.port}"
        assert await failures(url, logs) == [("SMTPRecipientRefused", 550)]
    assert server.attempts == 1


@pytest.fixture
async def silent() -> AsyncIterator[tuple[SMTPTransport, list[str]]]:
    """A transport to a server that says nothing, and who connected to it."""
    peers = []

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername"))
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        transport = create_transport(f"smtp://127.0.0.1:{port}")
        assert isinstance(transport, SMTPTransport)
        yield transport, peers


async def test_server_that_says_nothing_is_not_waited_for(
    silent: tuple[SMTPTransport, list[str]],
) -> None:
    transport, peers = silent
    assert transport.timeout == 10
    async with asyncio.timeout(2):
        with pytest.raises(MailError, match="TimeoutError"):
            await replace(transport, timeout=0.01).send(compose(MESSAGE, SENDER))
    assert len(peers) == 3


async def test_end_interrupts_a_conversation(
    silent: tuple[SMTPTransport, list[str]], logs: Logs
) -> None:
    transport, peers = silent
    await deliver(transport, patience=0.5)
    assert [line["event"] for line in logs()] == ["mails_lost"]
    assert len(peers) == 1
