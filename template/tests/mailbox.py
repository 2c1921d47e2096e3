"""A mailbox instead of a mail server, for tests of what is in the mails."""

import re
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from app.core.mail.outbox import Outbox


class Mailbox:
    """An outbox's transport that keeps what it is given.

    The jobs run when a test looks, not beside its requests: both use one connection to
    the database.
    """

    def __init__(self) -> None:
        sender = Address(addr_spec="no-reply@example.com")
        self.outbox = Outbox(self, sender=sender, senders=1)
        self.mails: list[EmailMessage] = []

    async def send(self, mail: EmailMessage) -> None:
        self.mails.append(mail)

    async def read(self, address: str) -> list[EmailMessage]:
        """Every mail to `address` so far, the newest last."""
        async with self.outbox:
            await self.outbox.join()
        return [mail for mail in self.mails if mail["To"] == address]

    async def links(self, address: str) -> list[str]:
        """The links in the newest mail to `address`."""
        return find_links((await self.read(address))[-1])

    async def token(self, address: str) -> str:
        """The token of the link in the newest mail to `address`."""
        return find_token((await self.read(address))[-1])


def find_links(mail: EmailMessage) -> list[str]:
    """The links in a mail."""
    return re.findall(r"^https?://\S+$", mail.get_content(), re.MULTILINE)


def find_token(mail: EmailMessage) -> str:
    """The token of the link in a mail."""
    (token,) = re.findall(r"#token=(\S+)", mail.get_content())
    return str(token)


def reset_token(folder: Path) -> str:
    """The token of the link to a new password in one mail of a folder."""
    mails = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in folder.iterdir()
    ]
    (mail,) = [mail for mail in mails if "/reset-password#" in mail.get_content()]
    return find_token(mail)


def count_mails(folder: Path) -> int:
    """How many mails are in a folder."""
    return len(list(folder.iterdir()))
