"""Signing in with an e-mail address and a password."""

from dataclasses import dataclass
from typing import NoReturn

from app.core.database import Session
from app.core.exceptions import AuthenticationError
from app.core.passwords import PasswordHasher
from app.domain.email import login_name
from app.domain.events import LoginFailed
from app.models.user import User
from app.repositories.user import UserRepository
from app.services.base import BaseService
from app.services.throttle import LoginThrottleService

_CHECKS = 3  # of a password, when the account changes meanwhile


class WrongCredentialsError(AuthenticationError):
    """The same for an unknown address, a wrong password and an account that is not open."""

    code = "wrong_credentials"
    message = "The address or the password is wrong, or the address is not verified."


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCredentials:
    """What somebody says who signs in with a password."""

    email: str
    password: str


class PasswordSignIn(BaseService):
    """Tells from an address and a password who somebody is."""

    def __init__(
        self,
        session: Session,
        *,
        users: UserRepository,
        passwords: PasswordHasher,
        throttle: LoginThrottleService,
        verified_only: bool,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.passwords = passwords
        self.throttle = throttle
        self.verified_only = verified_only

    async def identify(self, credentials: PasswordCredentials) -> User:
        """Return the user; raises `WrongCredentialsError`, whatever it is that is wrong.

        The account may change while the password is checked: then it is checked again,
        for a change ends only the sessions that it knows of. Too many failures raise
        `RateLimitError`.
        """
        name, password = login_name(credentials.email), credentials.password
        await self.throttle.begin(name)
        for _ in range(_CHECKS):
            user = await self.users.get_by_email(name)
            await self.session.release()
            stored = user.password_hash if user else None
            matches, update = await self.passwords.verify_and_update(password, stored)
            if user is None or not matches or not self._is_open(user):
                return await self._refuse(user)
            if await self._hold_password(user, stored, update):
                await self.throttle.forget(name)
                return user
        return await self._refuse(user)

    def _is_open(self, user: User) -> bool:
        return user.is_active and (user.email_verified or not self.verified_only)

    async def _refuse(self, user: User | None) -> NoReturn:
        self.record(LoginFailed(user_id=user.id if user else None))
        await self.session.commit()
        raise WrongCredentialsError

    async def _hold_password(
        self, user: User, stored: str | None, update: str | None
    ) -> bool:
        if update is None:
            return await self.users.hold_password(user, stored)
        return await self.users.replace_password(user, old_hash=stored, new_hash=update)
