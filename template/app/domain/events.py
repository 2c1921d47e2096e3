"""What happened, in the words of the business.

Services record events; their handlers run after the commit and never after a rollback.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a user."""

    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Event):
    """Somebody registered an account of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCreated(Event):
    """An administrator made an account for somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUpdated(Event):
    """An account was changed, by its user or by an administrator."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeleted(Event):
    """An account was deleted, with its sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A user changed the password; every other session of theirs ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(Event):
    """A session began."""

    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut(Event):
    """A user ended one session, or with `session_id` None all of them."""

    session_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenReused(Event):
    """A refresh token came back after its rotation; its session was ended."""

    session_id: UUID


# yours
