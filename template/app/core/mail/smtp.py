"""Mails through an SMTP server (RFC 5321), encrypted (RFC 3207, RFC 8314)."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from ssl import SSLError

import aiosmtplib
import stamina
from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from app.core.mail.transport import MailError

_SUBMISSION_PORT = 587


@dataclass(frozen=True, kw_only=True)
class SMTPTransport:
    """Hands mails to the server at `host`, each over a connection of its own.

    Certificates are verified; the variable `SSL_CERT_FILE` names the file of a private
    authority. `timeout` is in seconds, for each answer of the server.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False
    timeout: float = 10

    async def send(self, mail: EmailMessage) -> None:
        """Hand `mail` over; tries three times while the server is away or says "later"."""
        async for attempt in stamina.retry_context(
            _is_passing, attempts=3, timeout=None, wait_initial=1
        ):
            with attempt:
                await self._send_once(mail)

    async def _send_once(self, mail: EmailMessage) -> None:
        try:
            await aiosmtplib.send(
                mail,
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.implicit_tls,
                start_tls=self.start_tls,
                timeout=self.timeout,
            )
        except (SMTPException, OSError) as error:
            raise _mail_error(error) from None

    @property
    def start_tls(self) -> bool | None:
        """True to insist on STARTTLS, False to do without, None to take what is offered.

        Credentials never leave this machine in the clear. On it, a relay's certificate is
        seldom one that could be verified.
        """
        if self.implicit_tls:
            return False
        is_local = _is_loopback(self.host)
        if self.port == _SUBMISSION_PORT or (self.username and not is_local):
            return True
        return False if is_local else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _mail_error(error: Exception) -> MailError:
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error.__cause__, OSError):  # TLS and name errors are of these
        error = error.__cause__
    name = type(error).__name__
    if isinstance(error, SMTPResponseException):
        return MailError(name, error.code, passing=400 <= error.code < 500)
    is_network = isinstance(error, OSError) and not isinstance(error, SSLError)
    return MailError(name, passing=is_network)


def _is_passing(error: Exception) -> bool:
    return isinstance(error, MailError) and error.passing
