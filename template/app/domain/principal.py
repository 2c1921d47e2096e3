"""Who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.permission import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Principal:
    """An active user with a live session, as they were when the request came.

    A value for looking at: whoever changes the account gets the row from its repository.
    """

    id: UUID
    email: str
    email_verified: bool
    full_name: str | None
    is_active: bool
    roles: list[Role]
    version: int
    created_at: datetime
    updated_at: datetime
    session_expires_at: datetime

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this user may do."""
        return permissions_of(self.roles)
