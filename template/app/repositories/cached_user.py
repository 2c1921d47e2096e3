"""Users, of whom Redis is asked first."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from app.core.cache import cache
from app.domain.principal import Principal
from app.models.user import User
from app.repositories.row import RowJSON
from app.repositories.user import UserRepository

UserJSON = Annotated[User, RowJSON(User, without=["password_hash"])]


class CachedUserRepository(UserRepository):
    """Reads users from Redis where a request only reads; see `app.core.cache`."""

    @cache(
        expire=30,
        tags=["user:{user_id}"],
        layer="session",
        denied_by="session:{session_id}",
        alone=False,
    )
    async def find_principal(self, user_id: UUID, session_id: UUID) -> Principal | None:
        """Return the active user with this session, which may be too old; None if ended."""
        return await super().find_principal(user_id, session_id)

    @cache(expire=30, tags=["users"])
    async def search(
        self, text: str | None, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[UserJSON], UUID | None]:
        """Return a page of the users whose address or name contains `text`."""
        return await super().search(text, limit=limit, after=after)
