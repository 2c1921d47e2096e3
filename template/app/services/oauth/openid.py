"""OpenID Connect: providers that sign who somebody is (OpenID Connect Core 1.0)."""

from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.domain.email import check_email
from app.domain.oauth import Identity
from app.domain.text import check_text
from app.services.oauth.base import Attempt, Provider, SignInRefusedError, Tokens
from app.services.oauth.discovery import Discovery, Metadata

_LEEWAY_SECONDS = 30
_MAX_SUBJECT = 255
_MAX_NAME = 200


class OpenIDProvider(Provider):
    """A provider with discovery and ID tokens."""

    scope = "openid email profile"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._discovery = Discovery(self.registration.issuer, self.transport)

    async def authorization_url(self, attempt: Attempt) -> str:
        """Return where to send the browser."""
        metadata = await self._discovery.metadata()
        endpoint = metadata.authorization_endpoint
        return self._url(endpoint, attempt, nonce=attempt.nonce)

    async def identify(
        self, attempt: Attempt, code: str, issuer: str | None
    ) -> Identity:
        """Exchange the code and check the ID token; raises `SignInRefusedError`."""
        metadata = await self._discovery.metadata()
        required = metadata.authorization_response_iss_parameter_supported
        if issuer != metadata.issuer and (required or issuer is not None):
            raise SignInRefusedError
        tokens = await self._exchange(
            metadata.token_endpoint, attempt, code, auth_method=metadata.auth_method
        )
        keys = await self._discovery.keys_for(tokens.id_token)
        try:
            claims = self._verify(tokens, attempt, metadata, keys)
        except (JoseError, ValueError, TypeError):
            raise SignInRefusedError from None
        return Identity(
            provider=self.name,
            issuer=metadata.issuer,
            subject=claims["sub"],
            email=verified_email(claims, is_verified=self.has_verified_email(claims)),
            full_name=name_of(claims.get("name")),
        )

    def has_verified_email(self, claims: dict[str, Any]) -> bool:
        """Whether the provider vouches for the address."""
        return claims.get("email_verified") is True

    def _verify(
        self, tokens: Tokens, attempt: Attempt, metadata: Metadata, keys: KeySet
    ) -> dict[str, Any]:
        """Return the claims of the ID token, when all is well (Core, 3.1.3.7)."""
        token = jwt.decode(tokens.id_token, keys, metadata.algorithms)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": metadata.issuer},
                "aud": {"essential": True, "value": self.registration.client_id},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": self.registration.client_id,
                "access_token": tokens.access_token,
            },
        )
        claims.validate(leeway=_LEEWAY_SECONDS)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT:
            message = "The subject is empty or too long."
            raise ValueError(message)
        check_text(subject)
        return dict(claims)


def verified_email(claims: dict[str, Any], *, is_verified: bool) -> str | None:
    """Return the address of `claims` when it is one and the provider vouches for it."""
    email = claims.get("email")
    if not is_verified or not isinstance(email, str):
        return None
    try:
        return check_email(email)
    except ValueError:
        return None


def name_of(value: object) -> str | None:
    """Return a name that can be stored, or None."""
    if not isinstance(value, str):
        return None
    try:
        check_text(value)
    except ValueError:
        return None
    return value.strip()[:_MAX_NAME] or None
