"""ID tokens: good ones, and one for each way in which one can be bad."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT_ID = "the-service"
CLIENT_SECRET = "xK3vR8qLm2Zt7WcYp5NdHb4J"

Claims = dict[str, Any]


@dataclass
class Keys:
    """The keys of a provider; the first one signs."""

    signing: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "rsa"})
    )
    other: ECKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"kid": "ec"})
    )

    @property
    def public(self) -> dict[str, Any]:
        """The document at `jwks_uri`."""
        return dict(KeySet([self.signing, self.other]).as_dict(private=False))

    def sign(self, claims: Claims, key: RSAKey | None = None, **header: str) -> str:
        """Return an ID token."""
        fields = {"alg": "RS256", "kid": self.signing.kid or "", **header}
        return jwt.encode(fields, claims, key or self.signing)


Forge = Callable[[Keys, Claims], str]


def half_hash(token: str) -> str:
    """The `at_hash` of an access token (OpenID Connect Core, 3.1.3.6)."""
    digest = hashlib.sha256(token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _with(**changes: Any) -> Forge:
    return lambda keys, claims: keys.sign({**claims, **changes})


def _without(name: str) -> Forge:
    return lambda keys, claims: keys.sign(
        {key: value for key, value in claims.items() if key != name}
    )


def _unsigned(keys: Keys, claims: Claims) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{header}.{keys.sign(claims).split('.')[1]}."


def _signed_with(secret: str | bytes, claims: Claims) -> str:
    return jwt.encode({"alg": "HS256", "kid": "rsa"}, claims, OctKey.import_key(secret))


def _signed_with_the_client_secret(_: Keys, claims: Claims) -> str:
    return _signed_with(CLIENT_SECRET, claims)


def _signed_with_the_public_key(keys: Keys, claims: Claims) -> str:
    # A library that took the key's text for a secret would take its digest as well.
    return _signed_with(keys.signing.as_pem(private=False)[27:], claims)


def _nonsense(_: Keys, __: Claims) -> str:
    return "nonsense"


def _broken(keys: Keys, claims: Claims) -> str:
    head, body, signature = keys.sign(claims).split(".")
    return f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


_STRANGER = RSAKey.generate_key(2048)

FORGERIES: dict[str, Forge] = {
    "broken signature": _broken,
    "signed by another": lambda keys, claims: keys.sign(claims, _STRANGER),
    "unknown key": lambda keys, claims: keys.sign(claims, kid="unknown"),
    "not signed": _unsigned,
    "signed with the client secret": _signed_with_the_client_secret,
    "signed with the public key": _signed_with_the_public_key,
    "another issuer": _with(iss="https://evil.example"),
    "another audience": _with(aud="another-client"),
    "another audience, though we are the party": lambda keys, claims: keys.sign(
        {**claims, "aud": "another-client", "azp": claims["aud"]}
    ),
    "two audiences": lambda keys, claims: keys.sign(
        {**claims, "aud": [claims["aud"], "another-client"]}
    ),
    "another party": _with(azp="another-client"),
    "expired": lambda keys, claims: keys.sign({**claims, "exp": claims["iat"] - 60}),
    "expires in words": _with(exp="never"),
    "no expiry": _without("exp"),
    "issued in the future": lambda keys, claims: keys.sign(
        {**claims, "iat": claims["iat"] + 600}
    ),
    "no nonce": _without("nonce"),
    "another nonce": _with(nonce="another"),
    "another access token": _with(at_hash=half_hash("another")),
    "no subject": _without("sub"),
    "a number for a subject": _with(sub=17),
    "an empty subject": _with(sub=""),
    "no token at all": _nonsense,
}
"""What must be refused, by what is wrong with it."""
