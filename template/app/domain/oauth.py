"""Signing in with an account at a provider: who somebody is there, and what happens here."""

import base64
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from app.domain.events import Event
from app.domain.mail import Message

_PRINTABLE = re.compile(r"[!-\[\]-~]{1,2000}")  # ASCII without space and backslash


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, by the word of a provider.

    The key is `issuer` and `subject`, never the address: that may go to another person.
    `email` is None unless the provider has verified that it is theirs.
    """

    provider: str
    issuer: str
    subject: str
    email: str | None
    full_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLinked(Event):
    """A user can sign in with an account at a provider from now on."""

    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderUnlinked(Event):
    """A user can no more sign in with an account at a provider."""

    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderUserRegistered(Event):
    """Somebody got an account by signing in at a provider for the first time."""

    provider: str


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(code_verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def origin_of(url: str) -> str:
    """Return scheme, host and port of `url`."""
    scheme, netloc, *_ = urlsplit(url)
    return f"{scheme}://{netloc}"


def check_target(target: str, *, default: str, origins: Collection[str]) -> str:
    """Return the address to go to after the sign-in; raises `ValueError`.

    `target` is a path on the site of `default`, or an address at one of the `origins`.
    Nothing is parsed that browsers would parse in another way.
    """
    if _PRINTABLE.fullmatch(target) and "#" not in target:
        if target.startswith("/") and not target.startswith("//"):
            return origin_of(default) + target
        allowed = {origin_of(default), *origins}
        if any(target == o or target.startswith((o + "/", o + "?")) for o in allowed):
            return target
    message = "not a path, nor an address at one of the allowed origins"
    raise ValueError(message)


def with_parameter(url: str, name: str, value: str) -> str:
    """Return `url` with one more parameter in its query."""
    scheme, netloc, path, query, fragment = urlsplit(url)
    query = "&".join(filter(None, (query, urlencode({name: value}))))
    return urlunsplit((scheme, netloc, path, query, fragment))


def ways_changed(*, project: str, to: str, change: str, link: str) -> Message:
    """To a user for whom a way to sign in was added or removed."""
    return Message(
        to=to,
        subject=f"How you sign in to {project} has changed",
        text=f"""\
Hello,

{change}

If it was not you, choose a new password now and look at your account:

{link}
""",
    )
