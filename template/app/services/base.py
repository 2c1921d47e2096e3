"""What every service shares: its session, and the events it records."""

from app.core.database import Session
from app.core.exceptions import PreconditionFailedError
from app.domain.events import Event
from app.domain.version import IfMatch, Versioned


class BaseService:
    """A use case or a few; works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def record(self, event: Event) -> None:
        """Say that something happened; handlers hear of it after the commit."""
        self.session.record(event)


def check_version(row: Versioned, if_match: IfMatch) -> None:
    """Raise `PreconditionFailedError` unless `row` is a version that the caller means.

    Comes last, after every other reason to refuse (RFC 9110, 13.2.1), and before a write
    it comes where the row cannot change unnoticed: what a flush writes is the version that
    was checked; for anything else the row is locked and read again first.
    """
    if not if_match.allows(row.version):
        raise PreconditionFailedError
