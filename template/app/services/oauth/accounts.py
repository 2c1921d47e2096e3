"""Accounts at providers: seeing, linking and unlinking one's own."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthorizationError, ConflictError, NotFoundError
from app.domain.oauth import ProviderLinked, ProviderUnlinked
from app.domain.principal import Principal
from app.models.oauth import OAuthAccount
from app.repositories.oauth import OAuthRepository
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.base import BaseService
from app.services.oauth.registration import account_of
from app.services.oauth.sign_in import (
    CodeCredentials,
    InvalidCodeError,
    OAuthSignIn,
)

FRESH = timedelta(minutes=10)


class SignInAgainError(AuthorizationError):
    """The session may be one that somebody left open."""

    code = "sign_in_again"
    message = "Sign in again: this needs a sign-in of the last ten minutes."


class LastWayError(ConflictError):
    """Nobody could sign in to the account any more."""

    code = "last_way_to_sign_in"
    message = "This is the last way to sign in; set a password first, or link another."


class OAuthAccountService(BaseService):
    """What users do about the accounts they sign in with."""

    def __init__(
        self,
        session: Session,
        *,
        users: UserRepository,
        sessions: SessionRepository,
        accounts: OAuthRepository,
        sign_in: OAuthSignIn,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.sessions = sessions
        self.accounts = accounts
        self.sign_in = sign_in

    async def list_of(self, user: Principal) -> Sequence[OAuthAccount]:
        """Return the accounts of a user."""
        return await self.accounts.list_of(user.id)

    async def link(
        self, user: Principal, session_id: UUID, credentials: CodeCredentials
    ) -> OAuthAccount:
        """Link the account that a code stands for.

        The credentials have a verifier: without it somebody could have a user link an
        account that is not theirs, by an address with a code in it. Raises
        `SignInAgainError`, `InvalidCodeError` or `AccountLinkedError`.
        """
        await self._check_fresh(session_id)
        code = await self.sign_in.redeem(credentials)
        if code is None:
            raise InvalidCodeError
        account = await self.accounts.add(account_of(user.id, code))
        self.record(ProviderLinked(user_id=user.id, provider=account.provider))
        return account

    async def unlink(self, user: Principal, session_id: UUID, provider: str) -> None:
        """Unlink an account.

        Raises `SignInAgainError`, `NotFoundError`, or `LastWayError` when there would be
        no other way to sign in.
        """
        await self._check_fresh(session_id)
        await self.users.hold(user.id)
        held = await self.users.require(user.id)
        accounts = await self.accounts.list_of(user.id)
        found = [account for account in accounts if account.provider == provider]
        if not found:
            raise NotFoundError
        if held.password_hash is None and len(accounts) == 1:
            raise LastWayError
        await self.accounts.delete(found[0])
        self.record(ProviderUnlinked(user_id=user.id, provider=provider))

    async def _check_fresh(self, session_id: UUID) -> None:
        session = await self.sessions.get(session_id)
        if session is None or session.created_at < utc_now() - FRESH:
            raise SignInAgainError
