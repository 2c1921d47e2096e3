"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthenticationError, AuthorizationError, ConflictError
from app.core.passwords import PasswordHasher
from app.core.security import (
    AccessClaims,
    AccessTokens,
    InvalidTokenError,
    hash_token,
    new_refresh_token,
)
from app.domain.email import canonical_email
from app.domain.events import LoggedIn, LoggedOut, PasswordChanged, RefreshTokenReused
from app.domain.refresh import Decision, decide
from app.models.session import RefreshToken, UserSession
from app.models.user import User
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.base import BaseService


class WrongCredentialsError(AuthenticationError):
    """The same for an unknown address, a wrong password and a disabled account."""

    code = "wrong_credentials"
    message = "The e-mail address or the password is wrong."


class InvalidRefreshTokenError(AuthenticationError):
    """The refresh token buys nothing."""

    code = "invalid_refresh_token"
    message = "The refresh token is unknown, used, expired or revoked; sign in again."


class WrongPasswordError(AuthorizationError):
    """The proof that a password change needs is wrong."""

    code = "wrong_password"
    message = "The current password is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLifetimes:
    """How long a session and its refresh tokens live."""

    session: timedelta
    refresh_token: timedelta
    leeway: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """What a client gets to stay signed in; `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class AuthService(BaseService):
    """What proves who somebody is."""

    def __init__(
        self,
        session: Session,
        *,
        users: UserRepository,
        sessions: SessionRepository,
        passwords: PasswordHasher,
        tokens: AccessTokens,
        lifetimes: SessionLifetimes,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.sessions = sessions
        self.passwords = passwords
        self.tokens = tokens
        self.lifetimes = lifetimes

    async def login(self, email: str, password: str) -> IssuedTokens:
        """Start a session; raises `WrongCredentialsError`, whatever it is that is wrong.

        The password may be changed while it is checked: then no session starts, since the
        change has ended those it knew of.
        """
        user = await self._find_by_email(email)
        await self.session.release()
        stored = user.password_hash if user else None
        matches = await self.passwords.verify(password, stored)
        if user is None or not matches or not user.is_active:
            raise WrongCredentialsError
        if not await self.users.hold_password(user, stored):
            raise WrongCredentialsError
        now = utc_now()
        session = await self.sessions.add(
            UserSession(user_id=user.id, expires_at=now + self.lifetimes.session)
        )
        self.record(LoggedIn(user_id=user.id, session_id=session.id))
        return await self._issue(user, session.id, now)

    async def refresh(self, refresh_token: str) -> IssuedTokens:
        """Exchange a refresh token for a new pair; raises `InvalidRefreshTokenError`.

        A token that comes again after its leeway ends the whole session, and that is
        committed before the error is raised.
        """
        now = utc_now()
        token = await self.sessions.find_token(hash_token(refresh_token))
        if token is None:
            raise InvalidRefreshTokenError
        session, user = token.session, token.session.user
        decision = decide(token.state, now=now, leeway=self.lifetimes.leeway)
        if decision is Decision.BREACH:
            await self.sessions.end(session.id, now)
            self.record(RefreshTokenReused(user_id=user.id, session_id=session.id))
            await self.session.commit()
            raise InvalidRefreshTokenError
        if decision is Decision.REFUSE or not user.is_active:
            raise InvalidRefreshTokenError
        if not await self.sessions.rotate(token, now):
            raise InvalidRefreshTokenError
        return await self._issue(user, session.id, now)

    async def authenticate(self, claims: AccessClaims) -> User:
        """Return the user of a verified token; raises when its session is over."""
        user = await self.users.get_signed_in(claims.sub, claims.sid, utc_now())
        if user is None:
            raise InvalidTokenError
        return user

    async def logout(self, claims: AccessClaims) -> None:
        """End the session of a token; once it is over, do nothing."""
        if await self.sessions.end(claims.sid, utc_now()):
            self.record(LoggedOut(user_id=claims.sub, session_id=claims.sid))

    async def logout_all(self, claims: AccessClaims) -> None:
        """End every session of a token's user; with an ended token, do nothing."""
        now = utc_now()
        await self.users.hold(claims.sub)
        if await self.sessions.end(claims.sid, now):
            await self.sessions.end_all(claims.sub, now)
            self.record(LoggedOut(user_id=claims.sub, session_id=None))

    async def change_password(
        self, user: User, *, current: str, new: str, keep: UUID
    ) -> None:
        """Replace the password and end every session but `keep`.

        Raises `WrongPasswordError`, or `ConflictError` when it was changed meanwhile.
        """
        old_hash = user.password_hash
        await self.session.release()
        if not await self.passwords.verify(current, old_hash):
            raise WrongPasswordError
        new_hash = await self.passwords.hash(new)
        if not await self.users.replace_password(
            user, old_hash=old_hash, new_hash=new_hash
        ):
            message = "The password was changed meanwhile."
            raise ConflictError(message)
        await self.sessions.end_all(user.id, utc_now(), keep=keep)
        self.record(PasswordChanged(user_id=user.id))

    async def _find_by_email(self, email: str) -> User | None:
        try:
            canonical = canonical_email(email)
        except ValueError:
            return None
        return await self.users.get_by_email(canonical)

    async def _issue(self, user: User, session_id: UUID, now: datetime) -> IssuedTokens:
        refresh_token = new_refresh_token()
        await self.sessions.add_token(
            RefreshToken(
                session_id=session_id,
                token_hash=hash_token(refresh_token),
                expires_at=now + self.lifetimes.refresh_token,
            )
        )
        access_token = self.tokens.issue(
            user_id=user.id, session_id=session_id, email=user.email, now=now
        )
        return IssuedTokens(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_in=int(self.tokens.lifetime.total_seconds()),
        )
