"""Signing in."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from app.schemas.base import NO_NUL, Password, RequestSchema, ResponseSchema

ClientField = Annotated[str, StringConstraints(max_length=200)]


class LoginForm(RequestSchema):
    """The password grant's form (RFC 6749, 4.3.2); the e-mail address is the user name.

    The fields beside the two that count are what OAuth clients send along.
    """

    username: Annotated[
        str, StringConstraints(min_length=1, max_length=254, pattern=NO_NUL)
    ]
    password: Password
    grant_type: Literal["password"] = "password"
    scope: ClientField = ""
    client_id: ClientField = ""
    client_secret: ClientField = ""


class RefreshRequest(RequestSchema):
    """A refresh token to exchange."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class TokenPair(ResponseSchema):
    """What a client needs to stay signed in; `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a type, not a secret
    expires_in: int
