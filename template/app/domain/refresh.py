"""What to do with a refresh token that somebody presents (RFC 9700, 4.14.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto


class Decision(Enum):
    """The answers to a refresh token."""

    ROTATE = auto()
    """It is live: exchange it for its successor."""

    REFUSE = auto()
    """It is over, or it lost a benign race; nothing else happens."""

    BREACH = auto()
    """It was used before and long enough ago: somebody else holds it. End the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenState:
    """What is known of a refresh token and of the session it belongs to."""

    expires_at: datetime
    rotated_at: datetime | None
    session_expires_at: datetime
    session_revoked_at: datetime | None


def decide(token: TokenState, *, now: datetime, leeway: timedelta) -> Decision:
    """Decide on `token` as of `now`.

    `leeway` is how long after its rotation a token may come again without alarm: two
    browser tabs that refresh at once are no theft. It never revives an ended session.
    """
    if token.session_revoked_at is not None or token.session_expires_at <= now:
        return Decision.REFUSE
    if token.rotated_at is not None:
        in_leeway = now - token.rotated_at <= leeway
        return Decision.REFUSE if in_leeway else Decision.BREACH
    if token.expires_at <= now:
        return Decision.REFUSE
    return Decision.ROTATE
