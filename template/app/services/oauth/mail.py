"""Mails to users for whom a way to sign in was added or removed."""

from typing import cast

from app.core.project import NAME
from app.domain.events import Event
from app.domain.mail import Message
from app.domain.oauth import ProviderLinked, ProviderUnlinked, ways_changed
from app.models.user import User
from app.services.links import Links
from app.services.mail import LETTERS


def _linked(event: Event, user: User, links: Links) -> Message:
    provider = cast("ProviderLinked", event).provider
    return _changed(user, links, f"You can sign in with {provider} now.")


def _unlinked(event: Event, user: User, links: Links) -> Message:
    provider = cast("ProviderUnlinked", event).provider
    return _changed(user, links, f"You cannot sign in with {provider} any more.")


def _changed(user: User, links: Links, change: str) -> Message:
    link = links.page("forgot-password")
    return ways_changed(project=NAME, to=user.email, change=change, link=link)


LETTERS[ProviderLinked] = _linked
LETTERS[ProviderUnlinked] = _unlinked
