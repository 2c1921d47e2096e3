"""Roles as they go over the wire."""

from app.domain.permission import Permission, Role
from app.schemas.base import ResponseSchema


class RoleRead(ResponseSchema):
    """A role and what it may do."""

    name: Role
    permissions: list[Permission]


class Roles(ResponseSchema):
    """Every role there is."""

    items: list[RoleRead]
