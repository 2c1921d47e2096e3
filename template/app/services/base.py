"""What every service shares: its session, and the events it records."""

from app.core.database import Session
from app.domain.events import Event


class BaseService:
    """A use case or a few; works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def record(self, event: Event) -> None:
        """Say that something happened; handlers hear of it after the commit."""
        self.session.record(event)
