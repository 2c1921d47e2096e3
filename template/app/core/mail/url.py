"""The transport that a URL names."""

from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from app.core.mail.smtp import SMTPTransport
from app.core.mail.transport import ConsoleTransport, FileTransport, Transport

_FORMS = (
    "write smtp://user:password@host:587, smtps://user:password@host:465, console: "
    "or file:folder, with special characters of user and password percent-encoded"
)


def create_transport(url: str) -> Transport:
    """The transport at `url`, of which nothing is opened yet.

    `console:` writes to stderr and `file:folder` one file for each mail. `smtp://` insists
    on STARTTLS on port 587 and wherever it would send a password to another machine;
    `smtps://` is TLS from the start. Raises `ValueError`, which does not quote `url`.
    """
    transport = _parse(url)
    if transport is None:
        # Without the parser's own error: it may hold a part of the password.
        raise ValueError(_FORMS)
    return transport


def _parse(url: str) -> Transport | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.query or parts.fragment:
        return None
    if parts.scheme in ("smtp", "smtps"):
        return _smtp(parts, port)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return FileTransport(Path(unquote(parts.path)))
    return ConsoleTransport() if url == "console:" else None


def _smtp(parts: SplitResult, port: int | None) -> SMTPTransport | None:
    has_half = bool(parts.username) != bool(parts.password)
    if not parts.hostname or not port or parts.path.strip("/") or has_half:
        return None
    return SMTPTransport(
        host=parts.hostname,
        port=port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        implicit_tls=parts.scheme == "smtps",
    )
