"""Mails: how they are written, and where a URL sends them."""

from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.mail.outbox import compose
from app.core.mail.smtp import SMTPTransport
from app.core.mail.transport import ConsoleTransport
from app.core.mail.url import create_transport
from app.domain.mail import Message

SENDER = Address("Grüße & Co.", addr_spec="no-reply@example.com")
LINK = "https://example.com/confirm#token=" + 60 * "x"
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
MIME_HEADERS = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


def message(to: str = "ada@example.com", subject: str = "Hello") -> Message:
    return Message(to=to, subject=subject, text=f"Grüße:\n\n{LINK}\n")


def parse(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def test_mail_has_what_receivers_look_for() -> None:
    mail = parse(compose(message(subject="Grüße"), SENDER).as_bytes())
    assert mail.keys() == HEADERS + MIME_HEADERS
    assert mail["From"] == '"Grüße & Co." <no-reply@example.com>'
    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == "Grüße"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Date"].datetime is not None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == ["Grüße:", "", LINK]


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com>,<eve@example.com",
        "Ada <ada@example.com>",
        "=?utf-8?q?eve=40example.com=3e=2c=3cada?=@example.com",
    ],
)
def test_recipient_is_one_address(to: str) -> None:
    with pytest.raises(ValueError, match=r"^Not a valid e-mail address\.$"):
        compose(message(to), SENDER)


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: eve@example.com", "a\nb", "a\rb", "a\r\n", "a\n", "\r"]
)
def test_subject_is_one_line(subject: str) -> None:
    with pytest.raises(ValueError, match="no line breaks"):
        compose(message(subject=subject), SENDER)


@settings(max_examples=25)
@given(st.text(st.characters() | st.sampled_from("\r\n:=?")))
def test_no_subject_adds_a_header_or_ends_them(subject: str) -> None:
    try:
        mail = parse(compose(message(subject=subject), SENDER).as_bytes())
    except ValueError:
        return
    assert mail.keys() == HEADERS + MIME_HEADERS
    assert LINK in mail.get_content()


async def test_file_holds_the_mail(tmp_path: Path) -> None:
    transport = create_transport(f"file:{tmp_path}/a%20folder/mails")
    for address in ("ada@example.com", "jörg@example.com"):
        await transport.send(compose(message(address), SENDER))
    files = sorted((tmp_path / "a folder" / "mails").glob("*.eml"))
    mails = [parse(file.read_bytes()) for file in files]
    assert [mail["To"] for mail in mails] == ["ada@example.com", "jörg@example.com"]
    assert LINK in mails[0].get_content()


async def test_console_shows_the_links_unbroken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    transport = create_transport("console:")
    assert isinstance(transport, ConsoleTransport)
    await transport.send(compose(message(), SENDER))
    lines = capsys.readouterr().err.splitlines()
    assert {"To: ada@example.com", "Subject: Hello", LINK} <= set(lines)


def test_url_of_a_server() -> None:
    assert create_transport("smtp://localhost:25") == SMTPTransport(
        host="localhost", port=25
    )
    url = "smtps://user%40example.com:p%40ss%3Aword%2F%C3%A4@mail.example.com:465"
    assert create_transport(url) == SMTPTransport(
        host="mail.example.com",
        port=465,
        username="user@example.com",
        password="p@ss:word/ä",
        implicit_tls=True,
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com:25",
        "console",
        "console:secret",
        "http://user:secret@mail.example.com:25",
        "smtp:",
        "smtp://mail.example.com",
        "smtp://user:secret@:25",
        "smtp://user:sec#ret@mail.example.com:25",
        "smtp://user:sec/ret@mail.example.com:25",
        "smtp://user:secret@mail.example.com:secret",
        "smtp://user:secret@mail.example.com:70000",
        "smtp://user@mail.example.com:25",
        "smtp://:secret@mail.example.com:25",
        "smtp://mail.example.com:25/secret",
        "smtp://mail.example.com:25?tls=secret",
        "smtp://[secret:25",
        "file:",
        "file://folder",
    ],
)
def test_url_that_means_nothing_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^write smtp://user:password@host:587") as e:
        create_transport(url)
    assert "secret" not in str(e.value)
    assert e.value.__cause__ is None


def test_password_is_not_in_the_repr() -> None:
    assert "secret" not in repr(create_transport("smtp://user:secret@localhost:25"))
