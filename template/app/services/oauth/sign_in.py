"""Signing in with the code that stands for an identity at a provider."""

from dataclasses import dataclass

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthenticationError
from app.core.security import hash_token
from app.domain.events import LoginFailed
from app.domain.oauth import challenge_of
from app.models.oauth import OAuthCode
from app.models.user import User
from app.repositories.oauth import OAuthRepository
from app.services.base import BaseService


class InvalidCodeError(AuthenticationError):
    """The code is good for nothing."""

    code = "invalid_code"
    message = "The code is unknown, used or expired, or its verifier is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCredentials:
    """What an application got, and the verifier of its challenge if there was one."""

    code: str
    code_verifier: str | None = None


class OAuthSignIn(BaseService):
    """Tells by a code who somebody is."""

    def __init__(self, session: Session, accounts: OAuthRepository) -> None:
        super().__init__(session)
        self.accounts = accounts

    async def identify(self, credentials: CodeCredentials) -> User:
        """Return the user that a code stands for; raises `InvalidCodeError`."""
        code = await self.redeem(credentials)
        user = None
        if code is not None:
            user = await self.accounts.hold_user(code.issuer, code.subject)
        if user is None:
            self.record(LoginFailed(user_id=None))
            await self.session.commit()
            raise InvalidCodeError
        return user

    async def redeem(self, credentials: CodeCredentials) -> OAuthCode | None:
        """Return a code and use it up; None when it is good for nothing."""
        hashed = hash_token(credentials.code)
        code = await self.accounts.take_code(hashed, utc_now())
        verifier = credentials.code_verifier
        # A verifier without a challenge is wrong too: who made the code is not who sends it,
        # but somebody who took the challenge away (RFC 9700, 2.1.1).
        sent = challenge_of(verifier) if verifier is not None else None
        return code if code is not None and code.code_challenge == sent else None
