"""What every request and every answer shares."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, StringConstraints
from pydantic.json_schema import WithJsonSchema

from app.domain.email import MAX_EMAIL_LENGTH, check_email
from app.domain.password import (
    MAX_PASSWORD_LENGTH,
    MIN_PASSWORD_LENGTH,
    check_password,
)
from app.domain.text import check_text

NO_NUL = r"^[^\x00]*$"
"""Not every database can store NUL in text, so none gets in anywhere."""


class RequestSchema(BaseModel):
    """The base of request bodies: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class ResponseSchema(BaseModel):
    """The base of answers; made from models and dataclasses by their attributes."""

    model_config = ConfigDict(from_attributes=True)


Email = Annotated[
    str,
    StringConstraints(max_length=MAX_EMAIL_LENGTH),
    AfterValidator(check_email),
    WithJsonSchema(
        {
            "type": "string",
            "format": "email",
            "maxLength": MAX_EMAIL_LENGTH,
            "not": {"pattern": r"=\?"},
        }
    ),
]
FullName = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)
]


def _check_new_password(value: SecretStr) -> SecretStr:
    check_password(value.get_secret_value())
    return value


def _check_secret_text(value: SecretStr) -> SecretStr:
    check_text(value.get_secret_value())
    return value


NewPassword = Annotated[
    SecretStr,
    AfterValidator(_check_new_password),
    WithJsonSchema(
        {
            "type": "string",
            "format": "password",
            "writeOnly": True,
            "minLength": MIN_PASSWORD_LENGTH,
            "maxLength": MAX_PASSWORD_LENGTH,
            "pattern": NO_NUL,
            # The simplest ones that are refused; the list would be too long here.
            "not": {"pattern": r"^([\s\S])\1*$"},
        }
    ),
]
Password = Annotated[
    SecretStr,
    WithJsonSchema(
        {
            "type": "string",
            "format": "password",
            "writeOnly": True,
            "minLength": 1,
            "maxLength": MAX_PASSWORD_LENGTH,
            "pattern": NO_NUL,
        }
    ),
    StringConstraints(min_length=1, max_length=MAX_PASSWORD_LENGTH),
    AfterValidator(_check_secret_text),
]
"""A password that is only compared, so the policy of its day does not matter."""
