"""Sessions: a sign-in and the refresh tokens that carried it on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utc_now
from app.domain.refresh import TokenState
from app.models.base import Base, TimestampMixin
from app.models.user import User


class UserSession(TimestampMixin, Base):
    """One sign-in of one user; over at `expires_at`, however often it is refreshed."""

    __tablename__ = "sessions"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime] = mapped_column(default=utc_now)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(200))

    user: Mapped[User] = relationship(lazy="raise")


class RefreshToken(TimestampMixin, Base):
    """A refresh token, of which only the hash is kept."""

    __tablename__ = "refresh_tokens"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    rotated_at: Mapped[datetime | None]

    session: Mapped[UserSession] = relationship(lazy="raise")

    @property
    def state(self) -> TokenState:
        """What the decision about this token needs to know."""
        return TokenState(
            expires_at=self.expires_at,
            rotated_at=self.rotated_at,
            session_expires_at=self.session.expires_at,
            session_revoked_at=self.session.revoked_at,
        )
