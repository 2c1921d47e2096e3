"""Mails to users about what happened to their account."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from app.core.database import SessionFactory
from app.core.link_tokens import LinkPurpose
from app.core.mail import Outbox
from app.core.project import NAME
from app.domain import mail
from app.domain.events import (
    Event,
    PasswordChanged,
    PasswordReset,
    PasswordResetRequested,
    RefreshTokenReused,
    RegistrationRepeated,
    UserCreated,
    UserRegistered,
    VerificationRequested,
)
from app.domain.mail import Message
from app.models.user import User
from app.repositories.user import UserRepository
from app.services.links import Links

Letter = Callable[[User, Links], Message]


class Postman:
    """Hears of events after their commit, and leaves the mail about them in the outbox.

    Reading the user and signing the link come later, off the request: it takes as long
    for a known address as for an unknown one.
    """

    def __init__(self, factory: SessionFactory, outbox: Outbox, links: Links) -> None:
        self._factory = factory
        self._outbox = outbox
        self._links = links

    async def handle(self, event: Event) -> None:
        """Leave the mail about `event`, if there is one."""
        letter = _LETTERS.get(type(event))
        if letter is not None and event.user_id is not None:
            self._outbox.post(partial(self._write, letter, event.user_id))

    async def _write(self, letter: Letter, user_id: UUID) -> Message | None:
        async with self._factory() as session:
            user = await UserRepository(session).get(user_id)
        if user is None or not user.is_active:
            return None
        return letter(user, self._links)


def _confirm_address(user: User, links: Links) -> Message:
    return mail.confirm_address(
        project=NAME,
        to=user.email,
        link=links.make(LinkPurpose.VERIFY, user),
        lifetime=links.lifetime(LinkPurpose.VERIFY),
    )


def _address_taken(user: User, links: Links) -> Message:
    return mail.address_taken(
        project=NAME,
        to=user.email,
        link=links.page("login"),
        reset_link=links.make(LinkPurpose.RESET, user),
        lifetime=links.lifetime(LinkPurpose.RESET),
    )


def _account_created(user: User, links: Links) -> Message:
    if user.password_hash is not None:
        return _confirm_address(user, links)
    return mail.account_created(
        project=NAME,
        to=user.email,
        link=links.make(LinkPurpose.RESET, user),
        forgot_link=links.page("forgot-password"),
        lifetime=links.lifetime(LinkPurpose.RESET),
    )


def _reset_password(user: User, links: Links) -> Message:
    return mail.reset_password(
        project=NAME,
        to=user.email,
        link=links.make(LinkPurpose.RESET, user),
        lifetime=links.lifetime(LinkPurpose.RESET),
    )


def _password_changed(user: User, links: Links) -> Message:
    return mail.password_changed(
        project=NAME, to=user.email, link=links.page("forgot-password")
    )


def _session_ended(user: User, links: Links) -> Message:
    return mail.session_ended(
        project=NAME, to=user.email, link=links.page("forgot-password")
    )


_LETTERS: dict[type[Event], Letter] = {
    UserRegistered: _confirm_address,
    VerificationRequested: _confirm_address,
    RegistrationRepeated: _address_taken,
    UserCreated: _account_created,
    PasswordResetRequested: _reset_password,
    PasswordChanged: _password_changed,
    PasswordReset: _password_changed,
    RefreshTokenReused: _session_ended,
}
