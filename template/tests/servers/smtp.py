"""A real SMTP server on loopback."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.certificate import HOST

USER, PASSWORD = "user@example.com", "p@ss:word/ä"


@dataclass
class Received:
    """One mail as it arrived."""

    sender: str | None
    recipients: list[str]
    options: list[str]
    is_authenticated: bool
    is_encrypted: bool
    mail: EmailMessage


@dataclass
class SMTPServer:
    """Takes every mail, unless `answers` has something else to say to its recipient."""

    answers: list[str]
    received: list[Received] = field(default_factory=list)
    attempts: int = 0
    logins: int = 0
    port: int = 0

    def authenticate(self, mechanism: str, login: bytes, password: bytes) -> bool:
        self.logins += 1
        return (login.decode(), password.decode()) == (USER, PASSWORD)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        self.attempts += 1
        answer = self.answers.pop(0) if self.answers else "250"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return f"{answer} <{address}>"  # servers quote it

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        transport = server.transport
        assert transport is not None
        received = Received(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            options=envelope.mail_options,
            is_authenticated=bool(session.authenticated),
            is_encrypted=transport.get_extra_info("sslcontext") is not None,
            mail=mail,
        )
        self.received.append(received)
        return "250 OK"


@asynccontextmanager
async def smtp_server(
    *answers: str,
    start_tls: ssl.SSLContext | None = None,
    implicit_tls: ssl.SSLContext | None = None,
) -> AsyncIterator[SMTPServer]:
    """Serve on 127.0.0.1; with `start_tls`, credentials are taken only when encrypted."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    handler = SMTPServer(list(answers))
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname=HOST,
            enable_SMTPUTF8=True,
            tls_context=start_tls,
            auth_require_tls=start_tls is not None,
            auth_callback=handler.authenticate,
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit_tls)
    async with server:
        handler.port = server.sockets[0].getsockname()[1]
        yield handler
