"""Users."""

from sqlalchemy import Dialect, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.domain.permission import Permission, Role, permissions_of
from app.models.base import Base, TimestampMixin, VersionMixin


class RoleSet(TypeDecorator[list[Role]]):
    """Roles in one column, sorted and separated by spaces, as OAuth scopes are."""

    impl = String(200)
    cache_ok = True

    def process_bind_param(self, value: list[Role] | None, dialect: Dialect) -> str:
        """Join the roles."""
        return " ".join(sorted(set(value or ())))

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[Role]:
        """Split the roles."""
        return [Role(name) for name in (value or "").split()]


class User(VersionMixin, TimestampMixin, Base):
    """Somebody who can sign in."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254))
    email_canonical: Mapped[str] = mapped_column(String(254), unique=True)
    email_verified: Mapped[bool] = mapped_column(default=False)
    full_name: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    roles: Mapped[list[Role]] = mapped_column(RoleSet)

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this user may do."""
        return permissions_of(self.roles)
