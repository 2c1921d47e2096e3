"""What a provider says of itself, read once an hour (OpenID Connect Discovery 1.0)."""

import asyncio
from time import monotonic
from typing import Any

from httpx2 import AsyncBaseTransport
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, field_validator

from app.services.oauth.http import get_object

MAX_AGE = 3600.0
"""Seconds until what was read is read again."""

REFETCH_AFTER = 60.0
"""Seconds until a key that is not among those that were read is looked for again."""

# Signatures of keys that are the provider's alone; never `none`, nor a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")


class Metadata(BaseModel):
    """The discovery document, as far as it is of use."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False

    @field_validator("authorization_endpoint", "token_endpoint", "jwks_uri")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            message = "not an address"
            raise ValueError(message)
        return url

    @property
    def algorithms(self) -> list[str]:
        """The algorithms that both sides take for ID tokens."""
        offered = self.id_token_signing_alg_values_supported
        return [each for each in ALGORITHMS if each in offered]

    @property
    def auth_method(self) -> str:
        """How to prove to the token endpoint who is asking."""
        offered = self.token_endpoint_auth_methods_supported
        basic, post = "client_secret_basic", "client_secret_post"
        return post if post in offered and basic not in offered else basic


class Discovery:
    """Reads the document and the keys of one issuer, and remembers them."""

    def __init__(self, issuer: str, transport: AsyncBaseTransport) -> None:
        self._issuer = issuer
        self._transport = transport
        self._metadata: Metadata | None = None
        self._metadata_until = 0.0
        self._keys: KeySet | None = None
        self._keys_read = -MAX_AGE
        # Many sign-ins at once wait for one read.
        self._lock = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Return the document; raises `ValueError` when it is another issuer's."""
        async with self._lock:
            if self._metadata is None or monotonic() >= self._metadata_until:
                url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                document = await get_object(self._transport, url)
                self._metadata = self._check(Metadata.model_validate(document))
                self._metadata_until = monotonic() + MAX_AGE
            return self._metadata

    async def keys_for(self, token: str) -> KeySet:
        """Return the keys; they are read again, once a minute, for a key they lack."""
        uri = (await self.metadata()).jwks_uri
        async with self._lock:
            age = monotonic() - self._keys_read
            is_new = not _has_key(self._keys, token) and age > REFETCH_AFTER
            if self._keys is None or age > MAX_AGE or is_new:
                self._keys = _read_keys(await get_object(self._transport, uri))
                self._keys_read = monotonic()
            return self._keys

    def _check(self, metadata: Metadata) -> Metadata:
        if metadata.issuer != self._issuer:
            message = "the discovery document is another issuer's"
            raise ValueError(message)
        endpoints = (
            metadata.authorization_endpoint,
            metadata.token_endpoint,
            metadata.jwks_uri,
        )
        # An issuer in clear is on this machine, in development.
        in_clear = self._issuer.startswith("http:")
        if not in_clear and not all(url.startswith("https:") for url in endpoints):
            message = "an endpoint is not https://"
            raise ValueError(message)
        return metadata


def _read_keys(document: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set({"keys": document["keys"]})
    except (JoseError, KeyError):
        message = "the keys cannot be used"
        raise ValueError(message) from None


def _has_key(keys: KeySet | None, token: str) -> bool:
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
        return keys is not None and keys.get_by_kid(kid) is not None
    except (JoseError, ValueError, TypeError):
        return False
