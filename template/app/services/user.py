"""Accounts: making, finding, changing and deleting them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthorizationError, ConflictError
from app.core.passwords import PasswordHasher
from app.domain.email import canonical_email
from app.domain.events import (
    RegistrationRepeated,
    RolesChanged,
    SessionsEnded,
    UserCreated,
    UserDeleted,
    UserRegistered,
    UserUpdated,
)
from app.domain.permission import Permission, Role, permissions_of
from app.domain.principal import Principal
from app.domain.version import ANY_VERSION, IfMatch
from app.models.user import User
from app.repositories.session import SessionRepository
from app.repositories.user import EmailTakenError, UserRepository
from app.services.base import BaseService, check_version
from app.services.password import hash_new_password


class LastAdministratorError(ConflictError):
    """Nobody would be left to manage accounts."""

    code = "last_administrator"
    message = "This is the last active administrator; appoint another one first."


class UserService(BaseService):
    """What can be done with accounts.

    `actor` is who asks, None for the operator at the command line. Nobody manages an
    account that may do, or would be able to do, what they may not do themselves.
    """

    def __init__(
        self,
        session: Session,
        *,
        users: UserRepository,
        sessions: SessionRepository,
        passwords: PasswordHasher,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.sessions = sessions
        self.passwords = passwords

    async def register(
        self, *, email: str, password: str, full_name: str | None
    ) -> None:
        """Make an account for somebody who asks for one.

        A known address makes no difference that the caller could tell: the same work is
        done, and only its owner is told, by mail.
        """
        password_hash = await hash_new_password(self.passwords, password, email=email)
        user = _new_user(email, full_name, [Role.USER], password_hash)
        try:
            await self.users.add(user)
        except EmailTakenError:
            await self.session.rollback()
            known = await self.users.get_by_email(canonical_email(email))
            self.record(RegistrationRepeated(user_id=known.id if known else None))
        else:
            self.record(UserRegistered(user_id=user.id))

    async def create(
        self,
        *,
        email: str,
        password: str | None,
        full_name: str | None,
        roles: Sequence[Role],
        actor: Principal | None,
        email_verified: bool = False,
    ) -> User:
        """Make an account for somebody else, who gets a mail about it.

        Raises `EmailTakenError` when the address has an account.
        """
        _check_reach(actor, permissions_of(roles))
        password_hash = None
        if password is not None:
            await self.session.release()
            password_hash = await hash_new_password(
                self.passwords, password, email=email
            )
        user = _new_user(email, full_name, roles, password_hash)
        user.email_verified = email_verified
        await self.users.add(user)
        self.record(UserCreated(user_id=user.id))
        return user

    async def get(self, user_id: UUID) -> User:
        """Return a user; raises `NotFoundError`."""
        return await self.users.require(user_id)

    async def search(
        self, text: str | None, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[User], UUID | None]:
        """Return a page of users and where the next one starts, None on the last."""
        return await self.users.search(text, limit=limit, after=after)

    async def update(
        self,
        user: User,
        *,
        actor: Principal,
        if_match: IfMatch = ANY_VERSION,
        **changes: Any,
    ) -> User:
        """Change the given columns of a user.

        Who is disabled or loses a permission is signed out everywhere. Raises
        `LastAdministratorError`, another `ConflictError` or `PreconditionFailedError`.
        """
        if not changes:
            check_version(user, if_match)
            return user
        disabled = not changes.get("is_active", True)
        leaves = disabled or Role.ADMIN not in changes.get("roles", [Role.ADMIN])
        if leaves:
            await self._hold(user)
        roles = changes.get("roles", user.roles)
        before, after = user.permissions, permissions_of(roles)
        _check_reach(actor, before | after)
        if leaves:
            await self._keep_an_administrator(user)
        check_version(user, if_match)
        had_roles = user.roles
        user = await self.users.update(user, **changes)
        if disabled or before - after:
            await self.sessions.end_all(user.id, utc_now())
        if user.roles != had_roles:
            self.record(
                RolesChanged(user_id=user.id, roles=tuple(map(str, user.roles)))
            )
        self.record(UserUpdated(user_id=user.id, fields=tuple(sorted(changes))))
        return user

    async def sign_out(self, user: User, *, actor: Principal) -> None:
        """End every session of a user."""
        _check_reach(actor, user.permissions)
        await self.users.hold(user.id)
        await self.sessions.end_all(user.id, utc_now())
        self.record(SessionsEnded(user_id=user.id))

    async def delete(
        self, user: User, *, actor: Principal, if_match: IfMatch = ANY_VERSION
    ) -> None:
        """Delete a user with everything that is theirs; raises what `update` does."""
        await self._hold(user)
        _check_reach(actor, user.permissions)
        await self._keep_an_administrator(user)
        check_version(user, if_match)
        await self.users.delete(user)
        self.record(UserDeleted(user_id=user.id))

    async def _hold(self, leaving: User) -> None:
        """Read the user again once nobody else can change them or the administrators."""
        await self.users.hold_administrators()
        await self.users.hold(leaving.id)
        await self.users.refresh(leaving)

    async def _keep_an_administrator(self, leaving: User) -> None:
        is_administrator = Role.ADMIN in leaving.roles and leaving.is_active
        if is_administrator and not await self.users.has_administrator_beside(
            leaving.id
        ):
            raise LastAdministratorError


def _check_reach(actor: Principal | None, permissions: frozenset[Permission]) -> None:
    if actor is not None and not permissions <= actor.permissions:
        message = "This account has, or would get, permissions that you do not have."
        raise AuthorizationError(message)


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
