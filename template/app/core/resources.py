"""What the running service holds: made once at start-up, handed to every request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.core.config import Settings
from app.core.database import SessionFactory
from app.core.link_tokens import LinkPurpose, LinkTokens
from app.core.passwords import PasswordHasher
from app.core.rate_limit import RateLimiter
from app.core.readiness import Readiness
from app.core.security import AccessTokens, Fingerprints

PartT = TypeVar("PartT")


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Everything that outlives a request."""

    settings: Settings
    session_factory: SessionFactory
    passwords: PasswordHasher
    access_tokens: AccessTokens
    link_tokens: Mapping[LinkPurpose, LinkTokens]
    fingerprints: Fingerprints
    rate_limiter: RateLimiter
    readiness: Readiness
    parts: Sequence[object] = ()

    def part(self, kind: type[PartT]) -> PartT:
        """Return what the lifespan of an optional part yielded."""
        return next(part for part in self.parts if isinstance(part, kind))
