"""Mails off the request's path."""

import asyncio
from collections.abc import Awaitable, Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import make_msgid
from traceback import format_tb
from typing import Any, Self

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from app.core.clock import utc_now
from app.core.mail.transport import MailError, Transport
from app.domain.email import deliverable_email
from app.domain.mail import Message

Job = Callable[[], Awaitable[Message | None]]
"""Writes a mail; returns None when there is nothing to send after all."""

_log = structlog.get_logger(__name__)


def compose(message: Message, sender: Address) -> EmailMessage:
    """`message` as it is sent (RFC 5322, RFC 6532).

    Raises `ValueError` for a recipient that is no address and a subject with line breaks.
    """
    if "".join(message.subject.splitlines()) != message.subject:
        # The library lets one at the end pass, where it would end the headers.
        error = "A subject has no line breaks."
        raise ValueError(error)
    local_part, _, domain = deliverable_email(message.to).rpartition("@")
    mail = EmailMessage(policy=SMTP if local_part.isascii() else SMTPUTF8)
    mail["From"] = sender
    mail["To"] = Address(username=local_part, domain=domain)
    mail["Subject"] = message.subject
    mail["Date"] = utc_now()
    mail["Message-ID"] = make_msgid(domain=sender.domain)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail.set_content(message.text)
    return mail


class Outbox:
    """Writes and sends mails in the background, a few at a time.

    A request only leaves a job, so it takes as long whether a mail follows or not. Jobs
    are in memory: what waits when the process dies is lost, and what cannot be sent is
    given up with a line in the log. Whoever needs a mail asks for another.

    As a context manager it works for as long as the block, and at the end for up to
    `patience` seconds more. `size` is how many jobs may wait, `senders` how many are done
    at once.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        sender: Address,
        size: int = 1000,
        senders: int = 4,
        patience: float = 5,
    ) -> None:
        self._transport = transport
        self._sender = sender
        self._senders = senders
        self._patience = patience
        self._pending = 0
        self._jobs = asyncio.Queue[tuple[Job, dict[str, Any]]](size)

    def post(self, job: Job) -> None:
        """Leave `job` for later; when too many wait it is dropped, with a line in the log."""
        try:
            self._jobs.put_nowait((job, get_contextvars()))
            self._pending += 1
        except asyncio.QueueFull:
            _log.error("mail_dropped")

    async def join(self) -> None:
        """Wait until no job is left."""
        await self._jobs.join()

    async def __aenter__(self) -> Self:
        self._workers = [
            asyncio.create_task(self._work()) for _ in range(self._senders)
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self.join()
        except TimeoutError:
            # Those that wait, and those at work.
            _log.error("mails_lost", count=self._pending)
        finally:
            for worker in self._workers:
                worker.cancel()
            await asyncio.wait(self._workers)

    async def _work(self) -> None:
        while True:
            job, context = await self._jobs.get()
            with bound_contextvars(**context):
                await self._deliver(job)
            self._pending -= 1
            self._jobs.task_done()

    async def _deliver(self, job: Job) -> None:
        """Do `job`; what goes wrong is logged without the words of the error.

        They may quote the address, the link or the text.
        """
        try:
            message = await job()
            if message is not None:
                await self._transport.send(compose(message, self._sender))
        except MailError as error:
            _log.error("mail_failed", error=error.error, status=error.code)
        except Exception as error:
            _log.error(
                "mail_failed",
                error=type(error).__name__,
                stack="".join(format_tb(error.__traceback__)),
            )
