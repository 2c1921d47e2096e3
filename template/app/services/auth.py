"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthenticationError
from app.core.passwords import PasswordHasher
from app.core.security import (
    AccessClaims,
    AccessTokens,
    InvalidTokenError,
    hash_token,
    new_refresh_token,
)
from app.domain.client import Client
from app.domain.email import login_name
from app.domain.events import LoggedIn, LoggedOut, LoginFailed, RefreshTokenReused
from app.domain.refresh import Decision, decide
from app.models.session import RefreshToken, UserSession
from app.models.user import User
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.base import BaseService
from app.services.throttle import LoginThrottleService

_CHECKS = 3  # of a password, when the account changes meanwhile


class WrongCredentialsError(AuthenticationError):
    """The same for an unknown address, a wrong password and an account that is not open."""

    code = "wrong_credentials"
    message = "The address or the password is wrong, or the address is not verified."


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
        passwords: PasswordHasher,
        tokens: AccessTokens,
        throttle: LoginThrottleService,
        lifetimes: SessionLifetimes,
        verified_only: bool,
    ) -> None:
        super().__init__(session)
        self.users = users
        self.sessions = sessions
        self.passwords = passwords
        self.tokens = tokens
        self.throttle = throttle
        self.lifetimes = lifetimes
        self.verified_only = verified_only

    async def login(self, email: str, password: str, client: Client) -> IssuedTokens:
        """Start a session; raises `WrongCredentialsError`, whatever it is that is wrong.

        The account may change while the password is checked: then it is checked again,
        for a change ends only the sessions that it knows of. Too many failures raise
        `RateLimitError`.
        """
        name = login_name(email)
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
                return await self._start_session(user, client)
        return await self._refuse(user)

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

    async def _start_session(self, user: User, client: Client) -> IssuedTokens:
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
