"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthenticationError
from app.core.security import (
    AccessClaims,
    AccessTokens,
    InvalidTokenError,
    hash_token,
    new_refresh_token,
)
from app.domain.client import Client
from app.domain.events import LoggedIn, LoggedOut, RefreshTokenReused
from app.domain.principal import Principal
from app.domain.refresh import Decision, decide
from app.models.session import RefreshToken, UserSession
from app.models.user import User
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.base import BaseService

CredentialsT_contra = TypeVar("CredentialsT_contra", contravariant=True)


class SignIn(Protocol[CredentialsT_contra]):
    """A way to sign in: tells from credentials of its kind who somebody is."""

    async def identify(self, credentials: CredentialsT_contra) -> User:
        """Return the user, active and held until the commit.

        Raises `AuthenticationError` when the credentials are nobody's.
        """


class InvalidRefreshTokenError(AuthenticationError):
    """The refresh token is good for nothing."""

    code = "invalid_refresh_token"
    message = "The refresh token is unknown, used, expired or revoked; sign in again."


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
        tokens: AccessTokens,
        lifetimes: SessionLifetimes,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.sessions = sessions
        self.tokens = tokens
        self.lifetimes = lifetimes

    async def login(
        self,
        sign_in: SignIn[CredentialsT_contra],
        credentials: CredentialsT_contra,
        client: Client,
    ) -> IssuedTokens:
        """Start a session for whom `sign_in` identifies; raises what that raises."""
        user = await sign_in.identify(credentials)
        now = utc_now()
        session = await self.sessions.add(
            UserSession(
                user_id=user.id,
                expires_at=now + self.lifetimes.session,
                last_used_at=now,
                ip=client.ip,
                user_agent=client.user_agent,
            )
        )
        self.record(LoggedIn(user_id=user.id, session_id=session.id))
        return await self._issue(user, session.id, now)

    async def refresh(self, refresh_token: str, client: Client) -> IssuedTokens:
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
        refused = decision is Decision.REFUSE or not user.is_active
        if refused or not await self.sessions.rotate(token, now):
            raise InvalidRefreshTokenError
        await self.sessions.update(
            session, last_used_at=now, ip=client.ip, user_agent=client.user_agent
        )
        return await self._issue(user, session.id, now)

    async def authenticate(self, claims: AccessClaims) -> Principal:
        """Return the user of a verified token; raises when its session is over."""
        found = await self.users.find_principal(claims.sub, claims.sid)
        if found is None or found.session_expires_at <= utc_now():
            raise InvalidTokenError
        return found

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
