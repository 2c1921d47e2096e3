"""Queries about accounts at providers, and about sign-ins there that are under way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.core.exceptions import ConflictError
from app.models.oauth import OAuthAccount, OAuthCode, OAuthState
from app.models.user import User
from app.repositories.base import Repository
from app.repositories.user import UserRepository


class AccountLinkedError(ConflictError):
    """The account at the provider, or another one there, is linked already."""

    code = "already_linked"
    message = "This account at the provider, or another one there, is linked already."


class OAuthRepository(Repository[OAuthAccount]):
    """Reads and writes accounts at providers, states and codes."""

    model = OAuthAccount

    async def add(self, instance: OAuthAccount) -> OAuthAccount:
        """Insert an account; raises `AccountLinkedError` when it, or one like it, is there."""
        try:
            return await super().add(instance)
        except IntegrityError:
            raise AccountLinkedError from None

    async def get_by_identity(self, issuer: str, subject: str) -> OAuthAccount | None:
        """Return the account that a subject of an issuer has here, or None."""
        statement = select(OAuthAccount).where(
            OAuthAccount.issuer == issuer, OAuthAccount.subject == subject
        )
        return await self.session.scalar(statement)

    async def list_of(self, user_id: UUID) -> Sequence[OAuthAccount]:
        """Return the accounts of a user, oldest first."""
        statement = (
            select(OAuthAccount)
            .where(OAuthAccount.user_id == user_id)
            .order_by(OAuthAccount.id)
        )
        return (await self.session.scalars(statement)).all()

    async def add_state(self, state: OAuthState) -> None:
        """Insert a state."""
        self.session.add(state)
        await self.session.flush()

    async def hold_user(self, issuer: str, subject: str) -> User | None:
        """Return the active user of an identity, locked until the commit, or None."""
        account = await self.get_by_identity(issuer, subject)
        users = UserRepository(self.session)
        if account is None:
            return None
        if not await users.hold(account.user_id, User.is_active.is_(True)):
            return None
        return await users.get(account.user_id)

    async def take_state(
        self, state_hash: str, browser_hash: str, provider: str, now: datetime
    ) -> OAuthState | None:
        """Return a state and remove it.

        None when it is unknown, used, expired, or that of another browser or provider.

        One statement: of any number at once exactly one gets it.
        """
        statement = (
            delete(OAuthState)
            .where(
                OAuthState.state_hash == state_hash,
                OAuthState.browser_hash == browser_hash,
                OAuthState.provider == provider,
                OAuthState.expires_at > now,
            )
            .returning(OAuthState)
        )
        state = await self.session.scalar(statement)
        if state is not None:  # No row stands behind it any more, to be read again.
            self.session.expunge(state)
        return state

    async def add_code(self, code: OAuthCode) -> None:
        """Insert a code."""
        self.session.add(code)
        await self.session.flush()

    async def take_code(self, code_hash: str, now: datetime) -> OAuthCode | None:
        """Return a code and remove it, as `take_state` does."""
        statement = (
            delete(OAuthCode)
            .where(OAuthCode.code_hash == code_hash, OAuthCode.expires_at > now)
            .returning(OAuthCode)
        )
        code = await self.session.scalar(statement)
        if code is not None:
            self.session.expunge(code)
        return code

    async def purge_states(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` expired states; returns how many."""
        return await self.purge(OAuthState, OAuthState.expires_at <= now, limit)

    async def purge_codes(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` expired codes; returns how many."""
        return await self.purge(OAuthCode, OAuthCode.expires_at <= now, limit)
