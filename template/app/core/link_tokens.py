"""Tokens in the links of mails: signed, short-lived, dead once the account has changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.core.exceptions import ValidationError
from app.core.security import Signer


class LinkPurpose(StrEnum):
    """What a link is for; each purpose has its own key and its own `typ` (RFC 8725, 3.11)."""

    RESET = "reset"
    VERIFY = "verify"


LINK_LIFETIMES = {
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.VERIFY: timedelta(days=3),
}


class LinkClaims(BaseModel):
    """Whom a link is for, and a digest of the account as it was then."""

    model_config = ConfigDict(strict=True, frozen=True)

    iss: str
    sub: UUID
    state: str
    exp: int


class InvalidLinkError(ValidationError):
    """The link is good for nothing."""

    code = "invalid_link"
    message = "The link is wrong, used or expired; ask for a new one."


class LinkTokens:
    """Issues and verifies the tokens of links of one purpose.

    Nothing is stored: the token carries a digest of what it would change, so that using
    it, or changing that in another way, ends it.
    """

    def __init__(
        self,
        secret_keys: Sequence[str],
        *,
        purpose: LinkPurpose,
        issuer: str,
        lifetime: timedelta,
    ) -> None:
        self._signer = Signer(secret_keys, purpose=purpose, typ=f"{purpose}+jwt")
        self._issuer = issuer
        self.lifetime = lifetime

    def issue(self, user_id: UUID, *, state: str, now: datetime) -> str:
        """Sign a token for a user in this `state`."""
        claims = LinkClaims(
            iss=self._issuer,
            sub=user_id,
            state=state,
            exp=int((now + self.lifetime).timestamp()),
        )
        return self._signer.sign(claims.model_dump_json())

    def verify(self, token: str, *, now: datetime) -> LinkClaims:
        """Return the claims of `token`; raise `InvalidLinkError` unless all is well."""
        try:
            claims = LinkClaims.model_validate_json(self._signer.verify(token))
        except ValueError:
            raise InvalidLinkError from None
        if claims.iss != self._issuer or claims.exp <= now.timestamp():
            raise InvalidLinkError
        return claims
