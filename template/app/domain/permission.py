"""Roles, and what each of them may do."""

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """One thing a user may be allowed to do; routes declare which one they need."""

    ACCOUNT = "account"
    """Read and change one's own account; everyone who is signed in has it."""

    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    # yours


class Role(StrEnum):
    """A named set of permissions that can be given to a user."""

    USER = "user"
    ADMIN = "admin"
    # yours


_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.USER: frozenset(),
    Role.ADMIN: frozenset(Permission),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that somebody with `roles` may do."""
    granted = (_PERMISSIONS[role] for role in roles)
    return frozenset({Permission.ACCOUNT}).union(*granted)


# yours, such as _PERMISSIONS[Role.USER] |= {Permission.ORDERS_READ}
