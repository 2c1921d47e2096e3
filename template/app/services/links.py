"""The links in mails: made for an account as it is now, dead once that has changed."""

from collections.abc import Mapping
from datetime import timedelta

from app.core.clock import utc_now
from app.core.link_tokens import InvalidLinkError, LinkPurpose, LinkTokens
from app.core.security import hash_token
from app.models.user import User
from app.repositories.user import UserRepository

_PAGES = {
    LinkPurpose.RESET: "reset-password",
    LinkPurpose.VERIFY: "verify-email",
}


class Links:
    """Makes links and finds the account that one was made for.

    A token stands behind the `#`: a browser sends that to no server and no other site.
    """

    def __init__(self, tokens: Mapping[LinkPurpose, LinkTokens], site_url: str) -> None:
        self._tokens = tokens
        self._site_url = site_url

    def page(self, name: str) -> str:
        """Return the address of a page of the site."""
        return f"{self._site_url}/{name}"

    def lifetime(self, purpose: LinkPurpose) -> timedelta:
        """How long a link works."""
        return self._tokens[purpose].lifetime

    def make(self, purpose: LinkPurpose, user: User) -> str:
        """Return a link to the page of the site that is for this `purpose`."""
        token = self._tokens[purpose].issue(user.id, state=_state(user), now=utc_now())
        return f"{self.page(_PAGES[purpose])}#token={token}"

    async def find(
        self, purpose: LinkPurpose, token: str, users: UserRepository
    ) -> User:
        """Return the active user a link was made for; raises `InvalidLinkError`."""
        claims = self._tokens[purpose].verify(token, now=utc_now())
        user = await users.get(claims.sub)
        if user is None or not user.is_active or _state(user) != claims.state:
            raise InvalidLinkError
        return user


def _state(user: User) -> str:
    """Bound to the password, a link works once, and not for another's registration."""
    return hash_token(f"{user.email_canonical} {user.password_hash}")
