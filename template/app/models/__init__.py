"""The tables. Import every model here, so that migrations see it."""

from app.models.base import Base
from app.models.session import RefreshToken, UserSession
from app.models.user import User

__all__ = ["Base", "RefreshToken", "User", "UserSession"]
