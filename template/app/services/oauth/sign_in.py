"""Signing in at a provider: going there, coming back, and what the code is good for."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import AuthenticationError, ConflictError, ValidationError
from app.core.security import hash_token
from app.domain.email import canonical_email
from app.domain.events import LoginFailed
from app.domain.oauth import (
    Identity,
    ProviderLinked,
    ProviderUserRegistered,
    challenge_of,
    check_target,
    with_parameter,
)
from app.domain.permission import Role
from app.models.oauth import OAuthAccount, OAuthCode, OAuthState
from app.models.user import User
from app.repositories.oauth import AccountLinkedError, OAuthRepository
from app.repositories.user import EmailTakenError, UserRepository
from app.services.base import BaseService
from app.services.oauth.base import Attempt, SignInRefusedError
from app.services.oauth.factory import OAuth
from app.services.oauth.http import asking

STATE_LIFETIME = timedelta(minutes=10)
CODE_LIFETIME = timedelta(seconds=60)

_TRIES = 3  # when others register or link the same account at the same time


class InvalidStateError(ValidationError):
    """What comes back is not what this browser was sent for."""

    code = "invalid_state"
    message = (
        "This sign-in is unknown, used, expired or another browser's; start again."
    )


class InvalidTargetError(ValidationError):
    """The application's page is none that a sign-in may end at."""

    code = "invalid_target"


class UnverifiedEmailError(ValidationError):
    """The provider does not vouch for the address, so nobody can be found by it."""

    code = "email_not_verified"
    message = (
        "The provider does not say that the address is yours. Register with a password, "
        "sign in, and link the provider then."
    )


class SignInFirstError(ConflictError):
    """An account has the address, but nobody has proved here that it is theirs."""

    code = "sign_in_first"
    message = (
        "There is an account with this address, which is not confirmed. Confirm it, or "
        "choose a new password for it, and sign in again."
    )


class InvalidCodeError(AuthenticationError):
    """The code is good for nothing."""

    code = "invalid_code"
    message = "The code is unknown, used or expired, or its verifier is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What an application says that sends a browser to a provider."""

    redirect_to: str | None = None
    code_challenge: str | None = None
    link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a browser brings back from a provider (RFC 6749, 4.1.2; RFC 9207)."""

    state: str | None = None
    code: str | None = None
    issuer: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCredentials:
    """What an application got, and the verifier of its challenge if there was one."""

    code: str
    code_verifier: str | None = None


class OAuthSignIn(BaseService):
    """Tells by the word of a provider who somebody is."""

    def __init__(
        self,
        session: Session,
        *,
        oauth: OAuth,
        users: UserRepository,
        accounts: OAuthRepository,
    ) -> None:
        super().__init__(session)
        self.oauth = oauth
        self.users = users
        self.accounts = accounts

    async def start(self, name: str, start: Start, *, browser: str) -> str:
        """Return where to send a `browser`, which only it can come back from."""
        provider = self.oauth.get(name)
        target = self._check_target(start.redirect_to)
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            code_verifier=secrets.token_urlsafe(48),
            redirect_uri=self.oauth.callback_url(provider),
        )
        async with asking(provider.label):
            url = await provider.authorization_url(attempt)
        await self.accounts.add_state(
            OAuthState(
                state_hash=hash_token(attempt.state),
                browser_hash=hash_token(browser),
                provider=provider.name,
                nonce=attempt.nonce,
                code_verifier=attempt.code_verifier,
                redirect_to=target,
                code_challenge=start.code_challenge,
                link=start.link,
                expires_at=utc_now() + STATE_LIFETIME,
            )
        )
        return url

    async def finish(self, name: str, back: Return, *, browser: str | None) -> str:
        """Return where to send the browser on, with a code for the application.

        Its user has an account here by then, unless it is for linking. The state is used
        up, and the database given back, before the provider is asked.
        """
        provider = self.oauth.get(name)
        state = await self._take_state(provider.name, back.state, browser)
        await self.session.commit()
        if back.error == "access_denied":
            return with_parameter(state.redirect_to, "error", "access_denied")
        if back.code is None:
            raise SignInRefusedError
        attempt = Attempt(
            state="",
            nonce=state.nonce,
            code_verifier=state.code_verifier,
            redirect_uri=self.oauth.callback_url(provider),
        )
        async with asking(provider.label):
            identity = await provider.identify(attempt, back.code, back.issuer)
        if not state.link:
            await self._settle(identity)
        code = await self._add_code(identity, state.code_challenge)
        return with_parameter(state.redirect_to, "code", code)

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
        verifier, challenge = credentials.code_verifier, code and code.code_challenge
        if challenge is not None and challenge != challenge_of(verifier or ""):
            return None
        return code

    def _check_target(self, target: str | None) -> str:
        if target is None:
            return self.oauth.target
        try:
            return check_target(
                target, default=self.oauth.target, origins=self.oauth.origins
            )
        except ValueError as error:
            raise InvalidTargetError(f"redirect_to: {error}.") from None

    async def _take_state(
        self, provider: str, state: str | None, browser: str | None
    ) -> OAuthState:
        if state is None or browser is None:
            raise InvalidStateError
        found = await self.accounts.take_state(
            hash_token(state), hash_token(browser), provider, utc_now()
        )
        if found is None:
            raise InvalidStateError
        return found

    async def _settle(self, identity: Identity) -> None:
        """Make sure that the identity has an account, again when others were faster."""
        for _ in range(_TRIES - 1):
            try:
                await self._find_or_register(identity)
            except (EmailTakenError, AccountLinkedError):
                await self.session.rollback()
            else:
                return
        await self._find_or_register(identity)

    async def _find_or_register(self, identity: Identity) -> None:
        known = await self.accounts.get_by_identity(identity.issuer, identity.subject)
        if known is not None:
            return
        if identity.email is None:
            raise UnverifiedEmailError
        user = await self.users.get_by_email(canonical_email(identity.email))
        if user is None:
            user = await self._register(identity, identity.email)
        elif user.email_verified and user.is_active:
            self.record(ProviderLinked(user_id=user.id, provider=identity.provider))
        else:
            # Whoever registered it may be another one, who waits for the owner to come.
            raise SignInFirstError
        await self.accounts.add(account_of(user, identity))

    async def _register(self, identity: Identity, email: str) -> User:
        user = await self.users.add(
            User(
                email=email,
                email_canonical=canonical_email(email),
                email_verified=True,
                full_name=identity.full_name,
                roles=[Role.USER],
            )
        )
        self.record(ProviderUserRegistered(user_id=user.id, provider=identity.provider))
        return user

    async def _add_code(self, identity: Identity, challenge: str | None) -> str:
        code = secrets.token_urlsafe(32)
        await self.accounts.add_code(
            OAuthCode(
                code_hash=hash_token(code),
                provider=identity.provider,
                issuer=identity.issuer,
                subject=identity.subject,
                email=identity.email,
                code_challenge=challenge,
                expires_at=utc_now() + CODE_LIFETIME,
            )
        )
        return code


def account_of(user: User, identity: Identity | OAuthCode) -> OAuthAccount:
    """The account at a provider that belongs to `user` from now on."""
    return OAuthAccount(
        user_id=user.id,
        provider=identity.provider,
        issuer=identity.issuer,
        subject=identity.subject,
        email=identity.email,
    )
