"""What a provider is: a strategy for finding out who somebody is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import AsyncBaseTransport
from pydantic import BaseModel

from app.core.exceptions import ValidationError
from app.domain.oauth import Identity

_log = structlog.get_logger(__name__)


class SignInRefusedError(ValidationError):
    """What came back from the provider does not say who somebody is."""

    code = "sign_in_refused"
    message = "The sign-in at the provider failed; start again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in at a provider; what was sent there, and must come back."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str


class Tokens(BaseModel):
    """What the token endpoint answers (RFC 6749, 5.1); used at once and not kept."""

    access_token: str
    id_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What this service is known by at a provider, which is at `issuer`."""

    issuer: str
    client_id: str
    client_secret: str


class Provider(ABC):
    """A provider that this service is registered at.

    Subclasses say what it is called in addresses and settings (`name`) and by people
    (`label`), and which `scope` to ask for.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    scope: ClassVar[str]
    issuer: ClassVar[str | None] = None
    """Who vouches for identities, unless a setting says it."""
    has_issuer_setting: ClassVar[bool] = False

    def __init__(
        self, registration: Registration, transport: AsyncBaseTransport
    ) -> None:
        self.registration = registration
        self.transport = transport

    @abstractmethod
    async def authorization_url(self, attempt: Attempt) -> str:
        """Return where to send the browser."""

    @abstractmethod
    async def identify(
        self, attempt: Attempt, code: str, issuer: str | None
    ) -> Identity:
        """Exchange the `code` that came back, by the word of `issuer` (RFC 9207).

        Raises `SignInRefusedError`, or another error when the provider fails.
        """

    def _url(self, endpoint: str, attempt: Attempt, **parameters: str) -> str:
        url, _ = self._client().create_authorization_url(
            endpoint,
            state=attempt.state,
            code_verifier=attempt.code_verifier,
            redirect_uri=attempt.redirect_uri,
            scope=self.scope,
            **parameters,
        )
        return str(url)

    async def _exchange(
        self, endpoint: str, attempt: Attempt, code: str, *, auth_method: str
    ) -> Tokens:
        try:
            answer = await self._client(auth_method).fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.code_verifier,
                redirect_uri=attempt.redirect_uri,
            )
        except OAuthError as error:
            # A wrong client secret comes as an error too, and is the operator's to mend.
            reason = str(error.error)[:100]
            _log.warning("sign_in_refused", provider=self.label, reason=reason)
            raise SignInRefusedError from None
        return Tokens.model_validate(answer)

    def _client(self, auth_method: str | None = None) -> AsyncOAuth2Client:
        """A client for one sign-in: it keeps what it is answered."""
        return AsyncOAuth2Client(
            self.registration.client_id,
            self.registration.client_secret,
            token_endpoint_auth_method=auth_method,
            code_challenge_method="S256",
            transport=self.transport,
        )
