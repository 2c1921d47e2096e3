"""What the running service holds: made once at start-up, handed to every request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from app.core.answers import KeepAnswer, keep_nothing
from app.core.config import Settings
from app.core.database import Session, SessionFactory
from app.core.extension import Part
from app.core.link_tokens import LinkPurpose, LinkTokens
from app.core.passwords import PasswordHasher
from app.core.rate_limit import RateLimiter
from app.core.readiness import Readiness
from app.core.security import AccessTokens, Fingerprints

HeldT = TypeVar("HeldT")
RepositoryT = TypeVar("RepositoryT")


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
    keep_answer: KeepAnswer = keep_nothing
    repositories: Mapping[type[Any], type[Any]] = field(default_factory=dict)
    parts: Sequence[Part] = ()

    def part(self, kind: type[HeldT]) -> HeldT:
        """Return what an optional part holds."""
        held = (part.holds for part in self.parts)
        return next(each for each in held if isinstance(each, kind))

    def repository(
        self, kind: Callable[[Session], RepositoryT], session: Session
    ) -> RepositoryT:
        """Make a repository, or what an optional part puts in its place."""
        made = self.repositories.get(cast("type", kind), kind)(session)
        return cast("RepositoryT", made)
