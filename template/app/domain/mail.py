"""The mails that the service sends: plain text, short, and never a password.

No mail greets by name. A name is whatever somebody typed, and not always the owner of the
address: "Click http://evil.example" would reach a stranger's inbox under our sender.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail to one address."""

    to: str
    subject: str
    text: str


def confirm_address(
    *, project: str, to: str, link: str, lifetime: timedelta
) -> Message:
    """To a new user: `link` shows that the address is theirs."""
    return Message(
        to=to,
        subject=f"Confirm your address for {project}",
        text=f"""\
Hello,

An account with this address was made at {project}.
Please confirm that the address is yours:

{link}

The link works once, for {describe(lifetime)}. If it was not you, do nothing:
the address stays unconfirmed.
""",
    )


def address_taken(
    *, project: str, to: str, link: str, reset_link: str, lifetime: timedelta
) -> Message:
    """To a user whose address was registered again: sign in at `link`, or `reset_link`."""
    return Message(
        to=to,
        subject=f"You already have an account at {project}",
        text=f"""\
Hello,

Somebody, perhaps you, tried to make an account with this address at {project}.
There is one already. Sign in here:

{link}

If you do not know your password any more, choose a new one:

{reset_link}

The second link works once, for {describe(lifetime)}. If it was not you, do nothing:
nothing happened to your account.
""",
    )


def account_created(
    *, project: str, to: str, link: str, forgot_link: str, lifetime: timedelta
) -> Message:
    """To a user whose account somebody else made: `link` sets the first password.

    Who comes later asks for another link at `forgot_link`.
    """
    return Message(
        to=to,
        subject=f"Your account at {project}",
        text=f"""\
Hello,

An account with this address was made for you at {project}.
Choose your password to use it:

{link}

The link works once, for {describe(lifetime)}. Ask for another one here:

{forgot_link}

If you expected no account, do nothing: nobody can use it without a password.
""",
    )


def reset_password(*, project: str, to: str, link: str, lifetime: timedelta) -> Message:
    """To a user who forgot the password: `link` sets a new one."""
    return Message(
        to=to,
        subject=f"Choose a new password for {project}",
        text=f"""\
Hello,

Somebody, probably you, asked for a new password at {project}.
Choose it here:

{link}

The link works once, for {describe(lifetime)}. If it was not you, do nothing:
your password stays as it is.
""",
    )


def password_changed(*, project: str, to: str, link: str) -> Message:
    """To a user after a change: at `link` one asks for a new password."""
    return Message(
        to=to,
        subject=f"Your password for {project} was changed",
        text=f"""\
Hello,

The password of your account at {project} was just changed.
If that was you, there is nothing to do.

If it was not you, take your account back with a new password:

{link}
""",
    )


def session_ended(*, project: str, to: str, link: str) -> Message:
    """To a user whose refresh token was replayed: at `link` one asks for a new password."""
    return Message(
        to=to,
        subject=f"You were signed out of {project}",
        text=f"""\
Hello,

A sign-in of yours at {project} may have been copied: its secret was used twice.
To be safe we signed that device out. Please sign in again.

If you see anything in your account that was not you, choose a new password:

{link}
""",
    )


def describe(lifetime: timedelta) -> str:
    """`lifetime` in words, in its largest whole unit: "3 days", "1 hour", "90 minutes"."""
    minutes = int(lifetime.total_seconds()) // 60
    if minutes and minutes % (24 * 60) == 0:
        return _count(minutes // (24 * 60), "day")
    if minutes and minutes % 60 == 0:
        return _count(minutes // 60, "hour")
    return _count(minutes, "minute")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
