"""A mailbox instead of a mail server, for tests of what is in the mails."""

import re
from email.headerregistry import Address
from email.message import EmailMessage

from app.core.mail.outbox import Outbox


class Mailbox:
    """An outbox's transport that keeps what it is given.

    The jobs run when a test looks, not beside its requests: both use one connection to
    the database.
    """

    def __init__(self) -> None:
        self.outbox = Outbox(self, sender=Address(addr_spec="no-reply@example.com"))
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
        newest = (await self.read(address))[-1]
        return re.findall(r"^https?://\S+$", newest.get_content(), re.MULTILINE)

    async def token(self, address: str) -> str:
        """The token of the link in the newest mail to `address`."""
        (token,) = [
            link.partition("#token=")[2]
            for link in await self.links(address)
            if "#token=" in link
        ]
        return token
