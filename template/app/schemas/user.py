"""Users, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, with_config
from typing_extensions import TypedDict

from app.domain.permission import Role
from app.schemas.base import (
    Email,
    FullName,
    NewPassword,
    RequestSchema,
    ResponseSchema,
)

Roles = Annotated[
    list[Role],
    Field(max_length=len(Role)),
    AfterValidator(lambda roles: sorted(set(roles))),
]


class UserRead(ResponseSchema):
    """A user, to themselves and to administrators."""

    id: UUID
    email: str
    full_name: str | None
    is_active: bool
    email_verified: bool
    roles: list[Role]
    created_at: datetime
    updated_at: datetime


class UserCreate(RequestSchema):
    """An account that an administrator makes."""

    email: Email
    full_name: FullName | None = None
    roles: Roles = Field(default=[Role.USER])
    password: NewPassword | None = None


@with_config(ConfigDict(extra="forbid"))
class ProfileUpdate(TypedDict, total=False):
    """What users change of themselves. What is absent stays; null clears the name."""

    full_name: FullName | None


@with_config(ConfigDict(extra="forbid"))
class UserUpdate(ProfileUpdate, total=False):
    """What an administrator changes of a user."""

    is_active: StrictBool
    roles: Roles
