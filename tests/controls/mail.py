"""Mails, and the links in them."""

from controls.base import Control

EMAIL = "app/domain/email.py"
OUTBOX = "app/core/mail/outbox.py"
SMTP = "app/core/mail/smtp.py"
URL = "app/core/mail/url.py"

MAIL_TESTS = "tests/core/test_mail.py"
SMTP_TESTS = "tests/core/test_smtp.py"
FAILURES = "tests/core/test_smtp_failures.py"
OUTBOX_TESTS = "tests/core/test_outbox.py"

CONTROLS = [
    Control(
        "an address with an encoded word is refused",
        EMAIL,
        'if "=?" in address:',
        "if False:",
        "tests/domain/test_email.py",
    ),
    Control(
        "a mail has one recipient",
        OUTBOX,
        "deliverable_email(message.to).rpart",
        "message.to.rpart",
        MAIL_TESTS,
    ),
    Control(
        "a domain is sent in its ASCII form",
        EMAIL,
        'f"{parsed.local_part}@{parsed.ascii_domain}"',
        'f"{parsed.local_part}@{parsed.domain}"',
        SMTP_TESTS,
    ),
    Control(
        "a subject cannot end the headers",
        OUTBOX,
        'if "".join(message.subject.splitlines()) != message.subject:',
        "if False:",
        MAIL_TESTS,
    ),
    Control(
        "robots do not answer mails",
        OUTBOX,
        '    mail["Auto-Submitted"]',
        '    mail["X-Auto"]',
        MAIL_TESTS,
    ),
    Control(
        "a password is not sent in the clear",
        SMTP,
        " or (self.username and not is_local)",
        "",
        SMTP_TESTS,
    ),
    Control(
        "the submission port means STARTTLS",
        SMTP,
        "self.port == _SUBMISSION_PORT or ",
        "",
        SMTP_TESTS,
    ),
    Control(
        "STARTTLS is taken where it is offered",
        SMTP,
        "return False if is_local else None",
        "return False",
        SMTP_TESTS,
    ),
    Control(
        "the mail server's certificate is verified",
        SMTP,
        "timeout=self.timeout,",
        "timeout=self.timeout,\n                validate_certs=False,",
        SMTP_TESTS,
    ),
    Control(
        "a mail server that is slow is given up",
        SMTP,
        "timeout=self.timeout,",
        "timeout=60,",
        FAILURES,
    ),
    Control(
        "a mail is tried again",
        SMTP,
        "attempts=3",
        "attempts=1",
        FAILURES,
    ),
    Control(
        "a refused mail is not tried again",
        SMTP,
        "passing=400 <= error.code < 500",
        "passing=True",
        FAILURES,
    ),
    Control(
        "the log does not quote the mail server",
        SMTP,
        "name = type(error).__name__",
        "name = repr(error)",
        FAILURES,
    ),
    Control(
        "the log does not quote a failed mail",
        OUTBOX,
        "error=type(error).__name__",
        "error=str(error)",
        OUTBOX_TESTS,
    ),
    Control(
        "a failed mail is logged with its request",
        OUTBOX,
        "bound_contextvars(**context)",
        "bound_contextvars()",
        OUTBOX_TESTS,
    ),
    Control(
        "a failed mail does not stop the next one",
        OUTBOX,
        "except Exception as error:",
        "except MemoryError as error:",
        OUTBOX_TESTS,
    ),
    Control(
        "waiting mails are bounded",
        OUTBOX,
        "](size)",
        "]()",
        OUTBOX_TESTS,
    ),
    Control(
        "a full outbox does not fail the request",
        OUTBOX,
        "except asyncio.QueueFull:",
        "except MemoryError:",
        OUTBOX_TESTS,
    ),
    Control(
        "waiting mails are sent before the end",
        OUTBOX,
        "                await self.join()\n",
        "                pass\n",
        OUTBOX_TESTS,
    ),
    Control(
        "waiting mails do not hold the end up",
        OUTBOX,
        "asyncio.timeout(self._patience)",
        "asyncio.timeout(None)",
        OUTBOX_TESTS,
    ),
    Control(
        "the refusal of a mail URL does not quote it",
        URL,
        "    except ValueError:\n        return None",
        "    except MemoryError:\n        return None",
        MAIL_TESTS,
    ),
    Control(
        "the mail password is not in a repr",
        SMTP,
        "field(default=None, repr=False)",
        "None",
        MAIL_TESTS,
    ),
    Control(
        "mails follow events",
        "app/application.py",
        "[log_event, postman.handle]",
        "[log_event]",
        "tests/api/test_recovery.py",
    ),
    Control(
        "a link dies with the password it was made for",
        "app/services/links.py",
        " or _state(user) != claims.state",
        "",
        "tests/api/test_recovery.py",
    ),
    Control(
        "links expire",
        "app/core/link_tokens.py",
        " or claims.exp <= now.timestamp()",
        "",
        "tests/api/test_recovery.py",
    ),
    Control(
        "links of disabled users are dead",
        "app/services/links.py",
        " or not user.is_active",
        "",
        "tests/api/test_recovery.py",
    ),
    Control(
        "links of each purpose have a type and a key of their own",
        "app/core/link_tokens.py",
        'purpose=purpose, typ=f"{purpose}+jwt")',
        'purpose="link", typ="link+jwt")',
        "tests/api/test_token_kinds.py",
    ),
    Control(
        "a new password by mail ends every session",
        "app/services/password.py",
        "        await self.sessions.end_all(user.id, utc_now())\n"
        "        self.record(PasswordReset",
        "        self.record(PasswordReset",
        "tests/api/test_recovery.py",
    ),
    Control(
        "a new password by mail verifies the address",
        "app/services/password.py",
        "new_hash=new_hash, email_verified=True",
        "new_hash=new_hash",
        "tests/api/test_recovery.py",
    ),
    Control(
        "an address is verified once",
        "app/services/verification.py",
        "        if user.email_verified:\n            raise InvalidLinkError\n",
        "",
        "tests/api/test_verification.py",
    ),
    Control(
        "the owner of an address hears of another registration",
        "app/services/user.py",
        "            self.record(RegistrationRepeated(user_id=known.id if known else None))\n",
        "            pass\n",
        "tests/api/test_enumeration.py",
    ),
    Control(
        "verified addresses get no link",
        "app/services/verification.py",
        " and not user.email_verified",
        "",
        "tests/api/test_verification.py",
    ),
    Control(
        "nobody can fill a mailbox",
        "app/services/mail.py",
        "        if not isinstance(event, _ANYBODYS):\n            return True\n",
        "        return True\n",
        "tests/api/test_recovery.py",
    ),
]
