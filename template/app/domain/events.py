"""What happened, in the words of the business.

Services record events; their handlers run after the commit and never after a rollback. The
audit log writes each of them, and `app.services.mail` says which are followed by a mail.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a user; None when there is no such user."""

    user_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Event):
    """Somebody registered an account of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRepeated(Event):
    """Somebody tried to register with the address of this user."""


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
class PasswordResetRequested(Event):
    """Somebody asked for a new password for this user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset(Event):
    """A user chose a new password through a mail; every session of theirs ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequested(Event):
    """Somebody asked for another mail to verify the address of this user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(Event):
    """A user proved that the address is theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Event):
    """A user has other roles now."""

    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFailed(Event):
    """Somebody could not sign in, for whatever reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginBlocked(Event):
    """Somebody has to wait after failing to sign in too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(Event):
    """A session began."""

    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut(Event):
    """A user ended one session, or with `session_id` None all of them."""

    session_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(Event):
    """An administrator ended the sessions of a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenReused(Event):
    """A refresh token came back after its rotation; its session was ended."""

    session_id: UUID


# yours
