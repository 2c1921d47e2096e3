"""Users, of whom Redis is asked first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from app.core.cache import cache
from app.models.user import User
from app.repositories.row import RowJSON
from app.repositories.user import SignedIn, UserRepository

UserJSON = Annotated[User, RowJSON(User, without=["password_hash"])]


@dataclass(frozen=True, slots=True)
class SignedInJSON(SignedIn):
    """The current user of a request, as it is kept."""

    user: UserJSON
    expires_at: datetime


class CachedUserRepository(UserRepository):
    """Reads users from Redis where a request only reads; see `app.core.cache`."""

    @cache(
        expire=30,
        tags=["user:{user_id}"],
        layer="session",
        denied_by="session:{session_id}",
        alone=False,
    )
    async def find_signed_in(
        self, user_id: UUID, session_id: UUID
    ) -> SignedInJSON | None:
        """Return the active user with the end of this session; None if it was ended."""
        found = await super().find_signed_in(user_id, session_id)
        return SignedInJSON(found.user, found.expires_at) if found else None

    @cache(expire=30, tags=["users"])
    async def search(
        self, text: str | None, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[UserJSON], UUID | None]:
        """Return a page of the users whose address or name contains `text`."""
        return await super().search(text, limit=limit, after=after)
