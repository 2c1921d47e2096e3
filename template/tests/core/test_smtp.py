"""Mails reach a real server, encrypted where they must be."""

import socket
from email.headerregistry import Address
from typing import Any
from urllib.parse import quote

import pytest

from app.core.mail.outbox import compose
from app.core.mail.smtp import SMTPTransport
from app.core.mail.transport import MailError
from app.core.mail.url import create_transport
from app.domain.mail import Message
from tests.servers.certificate import HOST, Certificate, make_certificate
from tests.servers.smtp import PASSWORD, USER, smtp_server

SENDER = Address("Order Desk", addr_spec="no-reply@example.com")
LINK = "https://example.com/reset#token=secret"
LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"


def mail(to: str = "ada@example.com") -> Message:
    return Message(to=to, subject="Grüße", text=f"Hello,\n\n{LINK}\n")


async def send(url: str, message: Message | None = None) -> None:
    await create_transport(url).send(compose(message or mail(), SENDER))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """`HOST` is this machine, but does not look like it."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        return resolve("127.0.0.1" if host == HOST else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate


async def test_local_relay_gets_the_mail_as_it_was_written() -> None:
    async with smtp_server() as server:
        await send(f"smtp://127.0.0.1:{server.port}")
    [received] = server.received
    assert received.sender == "no-reply@example.com"
    assert received.recipients == ["ada@example.com"]
    assert received.mail["From"] == "Order Desk <no-reply@example.com>"
    assert received.mail["Subject"] == "Grüße"
    assert LINK in received.mail.get_content()


@pytest.mark.parametrize(
    ("address", "recipient", "is_utf8"),
    [
        ("ada@bücher.example.com", "ada@xn--bcher-kva.example.com", False),
        ("jörg@bücher.example.com", "jörg@xn--bcher-kva.example.com", True),
    ],
)
async def test_smtputf8_is_asked_for_only_where_it_is_needed(
    address: str, recipient: str, is_utf8: bool
) -> None:
    async with smtp_server() as server:
        await send(f"smtp://127.0.0.1:{server.port}", mail(address))
    [received] = server.received
    assert received.recipients == [recipient]
    assert received.mail["To"] == recipient
    assert ("SMTPUTF8" in received.options) is is_utf8


async def test_password_goes_over_starttls(trusted: Certificate) -> None:
    async with smtp_server(start_tls=trusted.context) as server:
        await send(f"smtp://{LOGIN}{HOST}:{server.port}")
    [received] = server.received
    assert received.is_authenticated
    assert received.is_encrypted


async def test_password_goes_over_tls_from_the_start(trusted: Certificate) -> None:
    async with smtp_server(implicit_tls=trusted.context) as server:
        await send(f"smtps://{LOGIN}{HOST}:{server.port}")
    [received] = server.received
    assert received.is_authenticated
    assert received.is_encrypted


async def test_starttls_is_taken_where_it_is_offered(trusted: Certificate) -> None:
    async with smtp_server(start_tls=trusted.context) as server:
        await send(f"smtp://{HOST}:{server.port}")
    assert [received.is_encrypted for received in server.received] == [True]


async def test_password_does_not_leave_the_machine_in_the_clear() -> None:
    async with smtp_server() as server:
        with pytest.raises(MailError, match="SMTPException"):
            await send(f"smtp://{LOGIN}{HOST}:{server.port}")
        assert server.logins == 0
        await send(f"smtp://{LOGIN}127.0.0.1:{server.port}")
    assert [received.is_authenticated for received in server.received] == [True]


def test_submission_port_means_starttls() -> None:
    for host in (HOST, "localhost"):
        assert SMTPTransport(host=host, port=587).start_tls is True


@pytest.mark.parametrize(
    ("scheme", "tls"), [("smtp", "start_tls"), ("smtps", "implicit_tls")]
)
async def test_certificate_must_be_known(
    certificate: Certificate, scheme: str, tls: str
) -> None:
    async with smtp_server(**{tls: certificate.context}) as server:
        with pytest.raises(MailError, match="SSLCertVerificationError"):
            await send(f"{scheme}://{LOGIN}{HOST}:{server.port}")
    assert server.logins == 0


async def test_certificate_must_be_the_hosts(
    trusted: Certificate,
) -> None:
    async with smtp_server(implicit_tls=trusted.context) as server:
        with pytest.raises(MailError, match="SSLCertVerificationError"):
            await send(f"smtps://{LOGIN}127.0.0.1:{server.port}")
    assert server.logins == 0
