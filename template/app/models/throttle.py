"""Throttles: how often signing in to an account has failed of late."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TimestampMixin


class LoginThrottle(TimestampMixin, Base):
    """The failures under one name, of which only the hash is kept: it may be no account's."""

    __tablename__ = "login_throttles"

    name_hash: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
