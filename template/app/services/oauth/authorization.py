"""Going to a provider, and coming back (RFC 6749, 4.1)."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import ValidationError
from app.core.security import hash_token
from app.domain.oauth import Identity, check_target, with_parameter
from app.models.oauth import OAuthCode, OAuthState
from app.repositories.oauth import OAuthRepository
from app.services.base import BaseService
from app.services.oauth.base import Attempt, SignInRefusedError
from app.services.oauth.factory import OAuth
from app.services.oauth.http import asking
from app.services.oauth.registration import OAuthRegistration

STATE_LIFETIME = timedelta(minutes=10)
CODE_LIFETIME = timedelta(seconds=60)


class InvalidStateError(ValidationError):
    """What comes back is not what this browser was sent for."""

    code = "invalid_state"
    message = (
        "This sign-in is unknown, used, expired or another browser's; start again."
    )


class InvalidTargetError(ValidationError):
    """The application's page is none that a sign-in may end at."""

    code = "invalid_target"


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


class OAuthAuthorization(BaseService):
    """Sends browsers to providers, and finds out who has come back."""

    def __init__(
        self,
        session: Session,
        *,
        oauth: OAuth,
        accounts: OAuthRepository,
        registration: OAuthRegistration,
    ) -> None:
        super().__init__(session)
        self.oauth = oauth
        self.accounts = accounts
        self.registration = registration

    async def start(self, name: str, start: Start, *, browser: str) -> str:
        """Return where to send a `browser`, which only it can come back from."""
        provider = self.oauth.get(name)
        if start.link and start.code_challenge is None:
            message = "link: needs a code_challenge."
            raise ValidationError(message)
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
            await self.registration.settle(identity)
        code = await self._add_code(identity, state.code_challenge)
        return with_parameter(state.redirect_to, "code", code)

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
