"""Sessions, as their users see them."""

from datetime import datetime
from uuid import UUID

from app.models.session import UserSession
from app.schemas.base import ResponseSchema


class SessionRead(ResponseSchema):
    """A place where a user is signed in; `current` is the one that asks."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str | None
    current: bool = False

    @classmethod
    def of(cls, session: UserSession, *, current_id: UUID) -> "SessionRead":
        """Show a session to the user who asks with the session `current_id`."""
        shown = cls.model_validate(session)
        shown.current = session.id == current_id
        return shown
