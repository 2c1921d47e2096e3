"""Who is at the other end of a request, as far as one can tell."""

from dataclasses import dataclass

_MAX_USER_AGENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The address and the program of a caller; either may be unknown."""

    ip: str | None = None
    user_agent: str | None = None


def printable(text: str) -> str:
    """Return the start of a user agent without control characters."""
    return "".join(char for char in text if char.isprintable())[:_MAX_USER_AGENT]
