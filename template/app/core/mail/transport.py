"""Where mails go: what every transport does, and those of development."""

import asyncio
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from uuid_utils.compat import uuid7


class MailError(Exception):
    """A mail was not taken: the class of the `error` and the server's `code`, if any.

    Never the server's words, which quote addresses.
    """

    def __init__(
        self, error: str, code: int | None = None, *, passing: bool = False
    ) -> None:
        super().__init__(error, code)
        self.error = error
        self.code = code
        self.passing = passing
        """Whether the same mail may well be taken in a moment."""


class Transport(Protocol):
    """A way to hand a mail over."""

    async def send(self, mail: EmailMessage) -> None:
        """Hand `mail` over for good; raises `MailError` when it is not taken."""


class ConsoleTransport:
    """Writes mails to stderr, for people to read."""

    async def send(self, mail: EmailMessage) -> None:
        """Write `mail`, its links unbroken."""
        text = mail.get_content()
        sys.stderr.write(f"\nTo: {mail['To']}\nSubject: {mail['Subject']}\n\n{text}\n")


@dataclass(frozen=True)
class FileTransport:
    """Writes each mail to a file of its own in `folder`; their names are in order."""

    folder: Path

    async def send(self, mail: EmailMessage) -> None:
        """Write `mail` (RFC 5322); the folder is made when it is missing."""
        await asyncio.to_thread(self._write, mail.as_bytes())

    def _write(self, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{uuid7()}.eml").write_bytes(content)
