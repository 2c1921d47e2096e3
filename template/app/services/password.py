"""Passwords: changing one, and choosing a new one when it is forgotten."""

from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthorizationError, ConflictError, ValidationError
from app.core.link_tokens import InvalidLinkError, LinkPurpose
from app.core.passwords import PasswordHasher
from app.core.project import NAME, SLUG
from app.domain.email import canonical_email
from app.domain.events import PasswordChanged, PasswordReset, PasswordResetRequested
from app.domain.password import check_not_guessable
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.base import BaseService
from app.services.links import Links
from app.services.throttle import LoginThrottleService


class WrongPasswordError(AuthorizationError):
    """The proof that a password change needs is wrong."""

    code = "wrong_password"
    message = "The current password is wrong."


class WeakPasswordError(ValidationError):
    """The password is one that would be guessed for this very account."""

    code = "weak_password"


async def hash_new_password(
    passwords: PasswordHasher, password: str, *, email: str
) -> str:
    """Return the hash of a password somebody chose; raises `WeakPasswordError`."""
    local_part = email.rpartition("@")[0]
    try:
        check_not_guessable(password, words=[email, local_part, NAME, SLUG])
    except ValueError as error:
        raise WeakPasswordError(str(error)) from None
    return await passwords.hash(password)


class PasswordService(BaseService):
    """What users do about their passwords."""

    def __init__(
        self,
        session: Session,
        *,
        users: UserRepository,
        sessions: SessionRepository,
        passwords: PasswordHasher,
        throttle: LoginThrottleService,
        links: Links,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.sessions = sessions
        self.passwords = passwords
        self.throttle = throttle
        self.links = links

    async def change(
        self, user_id: UUID, *, current: str, new: str, keep: UUID
    ) -> None:
        """Replace a user's password and end every session but `keep`.

        Raises `WrongPasswordError`, which counts as a failed sign-in, `ConflictError` when
        it was changed meanwhile, or `NotFoundError`.
        """
        user = await self.users.require(user_id)
        old_hash = user.password_hash
        await self.throttle.begin(user.email_canonical)
        await self.session.release()
        if not await self.passwords.verify(current, old_hash):
            raise WrongPasswordError
        new_hash = await hash_new_password(self.passwords, new, email=user.email)
        if not await self.users.replace_password(
            user, old_hash=old_hash, new_hash=new_hash
        ):
            message = "The password was changed meanwhile."
            raise ConflictError(message)
        await self.throttle.forget(user.email_canonical)
        await self.sessions.end_all(user.id, utc_now(), keep=keep)
        self.record(PasswordChanged(user_id=user.id))

    async def request_reset(self, email: str) -> None:
        """Have a link mailed to the owner of an address, if it has any."""
        user = await self.users.get_by_email(canonical_email(email))
        user_id = user.id if user is not None and user.is_active else None
        self.record(PasswordResetRequested(user_id=user_id))

    async def reset(self, token: str, new: str) -> None:
        """Set the password by a link's token and end every session.

        The link came by mail, so the address is verified too. Raises `InvalidLinkError`;
        of many uses at once one succeeds.
        """
        user = await self.links.find(LinkPurpose.RESET, token, self.users)
        old_hash = user.password_hash
        await self.session.release()
        new_hash = await hash_new_password(self.passwords, new, email=user.email)
        if not await self.users.replace_password(
            user, old_hash=old_hash, new_hash=new_hash, email_verified=True
        ):
            raise InvalidLinkError
        await self.throttle.forget(user.email_canonical)
        await self.sessions.end_all(user.id, utc_now())
        self.record(PasswordReset(user_id=user.id))
