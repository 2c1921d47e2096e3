"""Queries about users."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from app.core.exceptions import ConflictError, NotFoundError
from app.domain.permission import Role
from app.domain.principal import Principal
from app.models.session import UserSession
from app.models.user import User
from app.repositories.base import Repository

# Roles stand in one column, separated by spaces.
_IS_ADMINISTRATOR = and_(
    User.is_active,
    (literal(" ") + type_coerce(User.roles, String) + " ").contains(f" {Role.ADMIN} "),
)

_users, _sessions = User.__table__.c, UserSession.__table__.c

# What a principal is made of, in its order.
_OF_USER = [_users[field.name] for field in fields(Principal)[:-1]]

# Every request asks it: made anew each time, it would cost more than the answer. It is about
# tables: a row of a model, made to be changed, takes twice as long.
_SIGNED_IN: Select[*tuple[Any, ...]] = select(*_OF_USER, _sessions.expires_at).where(
    _users.id == bindparam("user_id"),
    _users.is_active,
    _sessions.id == bindparam("session_id"),
    _sessions.user_id == _users.id,
    _sessions.revoked_at.is_(None),
)


class EmailTakenError(ConflictError):
    """The address belongs to an account."""

    code = "email_taken"
    message = "There is an account with this e-mail address already."


class UserRepository(Repository[User]):
    """Reads and writes users."""

    model = User

    async def add(self, instance: User) -> User:
        """Insert a user; raises `EmailTakenError` when the address has an account.

        The unique index decides: a check before the insert would race.
        """
        try:
            return await super().add(instance)
        except IntegrityError:
            raise EmailTakenError from None

    async def get_by_email(self, email_canonical: str) -> User | None:
        """Return the user with this canonical address, or None."""
        statement = select(User).where(User.email_canonical == email_canonical)
        fresh = statement.execution_options(populate_existing=True)
        return await self.session.scalar(fresh)

    async def refresh(self, user: User) -> None:
        """Read the user again; raises `NotFoundError` when they are gone."""
        try:
            await self.session.refresh(user)
        except InvalidRequestError:
            raise NotFoundError from None

    async def find_principal(self, user_id: UUID, session_id: UUID) -> Principal | None:
        """Return the active user with this session, which may be too old; None if ended."""
        ids = {"user_id": user_id, "session_id": session_id}
        row = await self.session.read_row(_SIGNED_IN, ids)
        return Principal(*row) if row else None

    async def hold(self, user_id: UUID, *where: ColumnElement[bool]) -> bool:
        """Lock a user until the commit; False when there is none such that `where`.

        What changes several sessions of a user holds the user first, so that nobody waits
        in a circle. An update that changes nothing is the lock that every database has.
        """
        statement = (
            update(User)
            .where(User.id == user_id, *where)
            .values(updated_at=User.updated_at)
            .returning(User.id)
            .execution_options(synchronize_session=False)
        )
        return await self.session.scalar(statement) is not None

    async def hold_password(self, user: User, password_hash: str | None) -> bool:
        """Lock the user until the commit; False when the account has changed meanwhile.

        That is when the password is another by now, or the user disabled.
        """
        unchanged = User.password_hash == password_hash
        return await self.hold(user.id, unchanged, User.is_active.is_(True))

    async def replace_password(
        self, user: User, *, old_hash: str | None, new_hash: str, **changes: object
    ) -> bool:
        """Store `new_hash`, and `changes`, unless the account has changed meanwhile.

        That is when the password is another by now, or the user disabled. Returns whether
        they were stored.
        """
        statement = (
            update(User)
            .where(User.id == user.id, User.password_hash == old_hash, User.is_active)
            .values(password_hash=new_hash, version=User.version + 1, **changes)
            .returning(User.id)
        )
        return await self.session.scalar(statement) is not None

    async def hold_administrators(self) -> None:
        """Have everybody who would remove an administrator wait until the commit.

        The oldest active one is locked; they may be one no more once that succeeds.
        """
        oldest = select(User.id).where(_IS_ADMINISTRATOR).order_by(User.id).limit(1)
        while (user_id := await self.session.scalar(oldest)) is not None:
            if await self.hold(user_id, _IS_ADMINISTRATOR):
                return

    async def has_administrator_beside(self, user_id: UUID) -> bool:
        """Whether there is an active administrator other than this user."""
        other = select(User.id).where(_IS_ADMINISTRATOR, User.id != user_id).limit(1)
        return await self.session.scalar(other) is not None

    async def search(
        self, text: str | None, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[User], UUID | None]:
        """Return a page of the users whose address or name contains `text`."""
        where = []
        if text is not None:
            where.append(
                or_(
                    User.email.icontains(text, autoescape=True),
                    User.full_name.icontains(text, autoescape=True),
                )
            )
        return await self.page(*where, limit=limit, after=after)
