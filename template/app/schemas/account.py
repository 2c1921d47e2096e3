"""Getting an account, and getting back into it."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from app.schemas.base import (
    Email,
    FullName,
    NewPassword,
    Password,
    RequestSchema,
    ResponseSchema,
)

LinkToken = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
"""What stands behind `#token=` in the link of a mail."""


class Registration(RequestSchema):
    """What somebody says who wants an account."""

    email: Email
    password: NewPassword
    full_name: FullName | None = None


class Accepted(ResponseSchema):
    """The answer that is the same whether or not the address has an account."""

    status: Literal["accepted"] = "accepted"


class AddressRequest(RequestSchema):
    """The address that a mail is asked for."""

    email: Email


class EmailVerification(RequestSchema):
    """The token of a link, as proof that the address is one's own."""

    token: LinkToken


class PasswordReset(RequestSchema):
    """The token of a link, as proof, and the new password."""

    token: LinkToken
    new_password: NewPassword


class PasswordChange(RequestSchema):
    """The current password, as proof, and the new one."""

    current_password: Password
    new_password: NewPassword
