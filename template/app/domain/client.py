"""Who is at the other end of a request, as far as one can tell."""

from dataclasses import dataclass
from ipaddress import ip_address

MAX_USER_AGENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The address and the program of a caller; either may be unknown."""

    ip: str | None = None
    user_agent: str | None = None


def printable(text: str) -> str:
    """Return the start of a user agent without control characters."""
    return "".join(char for char in text if char.isprintable())[:MAX_USER_AGENT]


def valid_address(text: str) -> str | None:
    """Return an IP address without its zone, or None when `text` is none."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
