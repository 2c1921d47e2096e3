"""The outbox never holds a request up, and says what it could not do."""

import asyncio
from email.headerregistry import Address

from structlog.contextvars import bound_contextvars

from app.core.mail.outbox import Job, Outbox
from app.domain.mail import Message
from tests.harness import Logs
from tests.mailbox import Mailbox

SENDER = Address(addr_spec="no-reply@example.com")
LINK = "https://example.com/reset#token=secret"


def job(to: str) -> Job:
    async def write() -> Message:
        return Message(to=to, subject="Hello", text=f"Hello,\n\n{LINK}\n")

    return write


async def test_mail_is_written_and_sent_after_the_request() -> None:
    mailbox = Mailbox()
    async with Outbox(mailbox, sender=SENDER) as outbox:
        outbox.post(job("ada@example.com"))
        outbox.post(job("bob@example.com"))
        outbox.post(job("ada@example.com"))
        assert mailbox.mails == []
        await outbox.join()
        recipients = [mail["To"] for mail in mailbox.mails]
    assert recipients == ["ada@example.com", "bob@example.com", "ada@example.com"]


async def test_mailbox_has_the_links_of_the_newest_mail() -> None:
    mailbox = Mailbox()
    mailbox.outbox.post(job("ada@example.com"))
    assert await mailbox.links("ada@example.com") == [LINK]
    assert await mailbox.read("bob@example.com") == []


async def test_job_may_find_that_there_is_nothing_to_send(logs: Logs) -> None:
    async def write() -> None:
        return None

    mailbox = Mailbox()
    async with Outbox(mailbox, sender=SENDER) as outbox:
        outbox.post(write)
    assert mailbox.mails == []
    assert logs() == []


async def test_job_that_fails_does_not_stop_the_next_one(logs: Logs) -> None:
    async def fail() -> None:
        raise RuntimeError(LINK)

    mailbox = Mailbox()
    async with Outbox(mailbox, sender=SENDER, patience=1) as outbox:
        with bound_contextvars(request_id="r1"):
            outbox.post(fail)
        outbox.post(job("no address"))
        outbox.post(job("ada@example.com"))
    assert len(mailbox.mails) == 1
    first, second = logs()
    assert (first["event"], first["error"]) == ("mail_failed", "RuntimeError")
    assert first["request_id"] == "r1"
    assert __file__ in first["stack"]
    assert (second["event"], second["error"]) == ("mail_failed", "ValueError")
    assert "request_id" not in second
    assert LINK not in str([first, second])
    assert "no address" not in str(second)


async def test_job_too_many_is_dropped_with_a_line_in_the_log(logs: Logs) -> None:
    mailbox = Mailbox()
    outbox = Outbox(mailbox, sender=SENDER, size=2)
    for _ in range(3):
        outbox.post(job("ada@example.com"))
    assert [line["event"] for line in logs()] == ["mail_dropped"]
    async with outbox:
        await outbox.join()
    assert len(mailbox.mails) == 2


async def test_end_waits_for_what_was_left() -> None:
    mailbox = Mailbox()
    async with Outbox(mailbox, sender=SENDER) as outbox:
        for _ in range(3):
            outbox.post(job("ada@example.com"))
    assert len(mailbox.mails) == 3


async def test_end_gives_up_and_says_how_many_are_lost(logs: Logs) -> None:
    was_cancelled = False

    async def hang() -> None:
        nonlocal was_cancelled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    mailbox = Mailbox()
    async with asyncio.timeout(2):
        async with Outbox(mailbox, sender=SENDER, senders=1, patience=0.01) as outbox:
            outbox.post(job("ada@example.com"))
            outbox.post(hang)
            outbox.post(job("ada@example.com"))
    assert len(mailbox.mails) == 1
    assert was_cancelled
    [line] = logs()
    assert (line["event"], line["count"]) == ("mails_lost", 2)
