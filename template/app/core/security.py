"""Keys, access tokens and refresh tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict

from app.core.exceptions import AuthenticationError

_ALGORITHM = "HS256"
_MAX_TOKEN_LENGTH = 8192
CLOCK_SKEW = timedelta(seconds=30)


def derive_key(secret: str, purpose: str) -> bytes:
    """The 32-byte sub-key of `secret` for one `purpose` (HKDF-SHA256, RFC 5869)."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return kdf.derive(secret.encode())


def new_refresh_token() -> str:
    """An opaque random token of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of an opaque token: random enough to need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


class Fingerprints:
    """Tells whether something was seen before, of which only a keyed hash is kept.

    A plain hash would let whoever reads it try out the passwords that may be in there. The
    first of `secret_keys` makes fingerprints; those of the others still match.
    """

    def __init__(self, secret_keys: Sequence[str], *, purpose: str) -> None:
        self._keys = [derive_key(secret, purpose) for secret in secret_keys]

    def make(self, content: bytes) -> str:
        """Return the fingerprint of `content`."""
        return _fingerprint(self._keys[0], content)

    def match(self, content: bytes, fingerprint: str) -> bool:
        """Whether `fingerprint` is one of `content`."""
        return any(
            hmac.compare_digest(_fingerprint(key, content), fingerprint)
            for key in self._keys
        )


def _fingerprint(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, "sha256").hex()


class AccessClaims(BaseModel):
    """The claims of an access token, checked as strictly as JSON allows."""

    model_config = ConfigDict(strict=True, frozen=True)

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    email: str
    jti: str
    iat: int
    exp: int


class InvalidTokenError(AuthenticationError):
    """There is no access token, or not one that counts."""

    code = "invalid_token"
    message = "The access token is missing, wrong, expired or revoked."


class Signer:
    """Signs and verifies tokens of one type (RFC 7515, RFC 8725), with keys of their own.

    The first of `secret_keys` signs; all of them verify, told apart by `kid`, so that a
    key can be replaced without signing everybody out.
    """

    def __init__(self, secret_keys: Sequence[str], *, purpose: str, typ: str) -> None:
        keys = [
            (
                derive_key(secret, "kid").hex()[:16],
                OctKey.import_key(derive_key(secret, purpose)),
            )
            for secret in secret_keys
        ]
        self._kid, self._key = keys[0]
        self._keys = dict(keys)
        self._typ = typ

    def sign(self, payload: str) -> str:
        """Return the token that carries `payload`."""
        header = {"alg": _ALGORITHM, "typ": self._typ, "kid": self._kid}
        return jws.serialize_compact(header, payload, self._key, [_ALGORITHM])

    def verify(self, token: str) -> bytes:
        """Return the payload of `token`; raise `ValueError` unless we signed it."""
        try:
            payload = self._verify(token)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            payload = None
        if payload is None:
            message = "Not a token of this type, or not one of ours."
            raise ValueError(message)
        return payload

    def _verify(self, token: str) -> bytes | None:
        if len(token) > _MAX_TOKEN_LENGTH:
            return None
        parts = jws.extract_compact(token.encode())
        header = parts.headers()
        if header.get("typ") != self._typ:
            return None
        if not jws.validate_compact(parts, self._keys[header["kid"]], [_ALGORITHM]):
            return None
        return parts.payload


class AccessTokens:
    """Issues and verifies access tokens (RFC 7519, RFC 8725, RFC 9068's `typ`)."""

    def __init__(
        self, secret_keys: Sequence[str], *, issuer: str, lifetime: timedelta
    ) -> None:
        self._signer = Signer(secret_keys, purpose="access", typ="at+jwt")
        self._issuer = issuer
        self.lifetime = lifetime

    def issue(
        self, *, user_id: UUID, session_id: UUID, email: str, now: datetime
    ) -> str:
        """Sign a token for one session of a user, valid from `now` on."""
        issued_at = int(now.timestamp())
        claims = AccessClaims(
            iss=self._issuer,
            aud=self._issuer,
            sub=user_id,
            sid=session_id,
            email=email,
            jti=secrets.token_urlsafe(32),
            iat=issued_at,
            exp=issued_at + int(self.lifetime.total_seconds()),
        )
        return self._signer.sign(claims.model_dump_json())

    def verify(self, token: str, *, now: datetime) -> AccessClaims:
        """Return the claims of `token`; raise `InvalidTokenError` unless all is well."""
        try:
            claims = AccessClaims.model_validate_json(self._signer.verify(token))
        except ValueError:
            raise InvalidTokenError from None
        if claims.iss != self._issuer or claims.aud != self._issuer:
            raise InvalidTokenError
        latest_issue = int((now + CLOCK_SKEW).timestamp())
        latest_expiry = latest_issue + int(self.lifetime.total_seconds())
        if claims.iat > latest_issue or claims.exp > latest_expiry:
            raise InvalidTokenError
        if claims.exp <= now.timestamp():
            raise InvalidTokenError
        return claims
