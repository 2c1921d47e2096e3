"""Sessions: seeing where one is signed in, and ending that."""

from collections.abc import Sequence
from uuid import UUID

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import NotFoundError
from app.domain.events import LoggedOut
from app.domain.principal import Principal
from app.models.session import UserSession
from app.repositories.session import SessionRepository
from app.services.base import BaseService


class SessionService(BaseService):
    """What can be done with sessions beside starting and refreshing them."""

    def __init__(self, session: Session, sessions: SessionRepository) -> None:
        super().__init__(session)
        self.sessions = sessions

    async def search(
        self, user: Principal, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[UserSession], UUID | None]:
        """Return a page of a user's live sessions and where the next one starts."""
        return await self.sessions.page_live(
            user.id, utc_now(), limit=limit, after=after
        )

    async def end(self, user: Principal, session_id: UUID) -> None:
        """End one of a user's own sessions; raises `NotFoundError` for any other."""
        if not await self.sessions.end(session_id, utc_now(), user_id=user.id):
            raise NotFoundError
        self.record(LoggedOut(user_id=user.id, session_id=session_id))
