"""Mails to users about what happened to their account."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from limits import RateLimitItemPerHour

from app.core.database import SessionFactory
from app.core.exceptions import RateLimitError
from app.core.link_tokens import LinkPurpose
from app.core.mail import Outbox
from app.core.project import NAME
from app.core.rate_limit import RateLimiter
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

Letter = Callable[[Event, User, Links], Message]

MAILS_TO_ONE_USER = RateLimitItemPerHour(5)
_ANYBODYS = (RegistrationRepeated, VerificationRequested, PasswordResetRequested)


class Postman:
    """Hears of events after their commit, and leaves the mail about them in the outbox.

    Reading the user and signing the link come later, off the request: it takes as long
    for a known address as for an unknown one. Mails that anybody can have sent to a user
    are limited, so that nobody can fill a mailbox with them.
    """

    def __init__(
        self,
        factory: SessionFactory,
        outbox: Outbox,
        links: Links,
        limiter: RateLimiter,
    ) -> None:
        self._factory = factory
        self._outbox = outbox
        self._links = links
        self._limiter = limiter

    async def handle(self, event: Event) -> None:
        """Leave the mail about `event`, if there is one."""
        letter = LETTERS.get(type(event))
        if letter is not None and event.user_id is not None:
            self._outbox.post(partial(self._write, letter, event, event.user_id))

    async def _write(
        self, letter: Letter, event: Event, user_id: UUID
    ) -> Message | None:
        if not await self._may_write(event):
            return None
        async with self._factory() as session:
            user = await UserRepository(session).get(user_id)
        if user is None or not user.is_active:
            return None
        return letter(event, user, self._links)

    async def _may_write(self, event: Event) -> bool:
        if not isinstance(event, _ANYBODYS):
            return True
        try:
            await self._limiter.hit(MAILS_TO_ONE_USER, "mails", str(event.user_id))
        except RateLimitError:
            return False
        return True


def _confirm_address(_: Event, user: User, links: Links) -> Message:
    return mail.confirm_address(
        project=NAME,
        to=user.email,
        link=links.make(LinkPurpose.VERIFY, user),
        lifetime=links.lifetime(LinkPurpose.VERIFY),
    )


def _address_taken(_: Event, user: User, links: Links) -> Message:
    return mail.address_taken(
        project=NAME,
        to=user.email,
        link=links.page("login"),
        reset_link=links.make(LinkPurpose.RESET, user),
        lifetime=links.lifetime(LinkPurpose.RESET),
    )


def _account_created(event: Event, user: User, links: Links) -> Message:
    if user.password_hash is not None:
        return _confirm_address(event, user, links)
    return mail.account_created(
        project=NAME,
        to=user.email,
        link=links.make(LinkPurpose.RESET, user),
        forgot_link=links.page("forgot-password"),
        lifetime=links.lifetime(LinkPurpose.RESET),
    )


def _reset_password(_: Event, user: User, links: Links) -> Message:
    return mail.reset_password(
        project=NAME,
        to=user.email,
        link=links.make(LinkPurpose.RESET, user),
        lifetime=links.lifetime(LinkPurpose.RESET),
    )


def _password_changed(_: Event, user: User, links: Links) -> Message:
    return mail.password_changed(
        project=NAME, to=user.email, link=links.page("forgot-password")
    )


def _session_ended(_: Event, user: User, links: Links) -> Message:
    return mail.session_ended(
        project=NAME, to=user.email, link=links.page("forgot-password")
    )


LETTERS: dict[type[Event], Letter] = {
    UserRegistered: _confirm_address,
    VerificationRequested: _confirm_address,
    RegistrationRepeated: _address_taken,
    UserCreated: _account_created,
    PasswordResetRequested: _reset_password,
    PasswordChanged: _password_changed,
    PasswordReset: _password_changed,
    RefreshTokenReused: _session_ended,
}

# yours, such as LETTERS[OrderShipped] = order_shipped
