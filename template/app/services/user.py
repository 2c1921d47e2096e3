"""Accounts: making, finding, changing and deleting them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.core.database import Session
from app.core.exceptions import NotFoundError
from app.core.passwords import PasswordHasher
from app.domain.email import canonical_email
from app.domain.events import UserCreated, UserDeleted, UserRegistered, UserUpdated
from app.domain.permission import Role
from app.models.user import User
from app.repositories.user import EmailTakenError, UserRepository
from app.services.base import BaseService


class UserService(BaseService):
    """What can be done with accounts."""

    def __init__(
        self, session: Session, users: UserRepository, passwords: PasswordHasher
    ) -> None:
        super().__init__(session)
        self.users = users
        self.passwords = passwords

    async def register(
        self, *, email: str, password: str, full_name: str | None
    ) -> None:
        """Make an account for somebody who asks for one.

        A known address makes no difference that the caller could tell: the same work is
        done, and nothing is said.
        """
        password_hash = await self.passwords.hash(password)
        user = _new_user(email, full_name, [Role.USER], password_hash)
        try:
            await self.users.add(user)
        except EmailTakenError:
            await self.session.rollback()
            return
        self.record(UserRegistered(user_id=user.id))

    async def create(
        self,
        *,
        email: str,
        password: str | None,
        full_name: str | None,
        roles: Sequence[Role],
    ) -> User:
        """Make an account for somebody else; without a password nobody can sign in yet.

        Raises `EmailTakenError` when the address has an account.
        """
        await self.session.release()
        password_hash = await self.passwords.hash(password) if password else None
        user = await self.users.add(_new_user(email, full_name, roles, password_hash))
        self.record(UserCreated(user_id=user.id))
        return user

    async def get(self, user_id: UUID) -> User:
        """Return a user; raises `NotFoundError`."""
        user = await self.users.get(user_id)
        if user is None:
            raise NotFoundError
        return user

    async def search(
        self, text: str | None, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[User], UUID | None]:
        """Return a page of users and where the next one starts, None on the last."""
        return await self.users.search(text, limit=limit, after=after)

    async def update(self, user: User, **changes: Any) -> User:
        """Change the given columns of a user."""
        if not changes:
            return user
        user = await self.users.update(user, **changes)
        self.record(UserUpdated(user_id=user.id, fields=tuple(sorted(changes))))
        return user

    async def delete(self, user: User) -> None:
        """Delete a user with everything that is theirs."""
        await self.users.delete(user)
        self.record(UserDeleted(user_id=user.id))


def _new_user(
    email: str, full_name: str | None, roles: Sequence[Role], password_hash: str | None
) -> User:
    return User(
        email=email,
        email_canonical=canonical_email(email),
        full_name=full_name,
        roles=sorted(set(roles)),
        password_hash=password_hash,
    )
