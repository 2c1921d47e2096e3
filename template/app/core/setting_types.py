"""What settings are made of, beyond numbers and text. No error quotes a value."""

import re
from email.headerregistry import Address
from email.policy import SMTP
from typing import Annotated, Any, TypeVar

from limits import RateLimitItem, parse
from pydantic import (
    AfterValidator,
    BeforeValidator,
    HttpUrl,
    InstanceOf,
    SecretStr,
)

from app.core.mail import create_transport
from app.domain.email import check_email

T = TypeVar("T")

_HOST = re.compile(r"\*|(\*\.)?[\w.-]+|\[[\da-fA-F:.]+\]")
_ORIGIN = re.compile(
    r"\*|null|[a-zA-Z][\w+.-]*://(\*|(\*\.)?[\w.-]+|\[[\da-fA-F:.]+\])(:\d+)?"
)
_RATE = re.compile("[1-9][0-9]*/(second|minute|hour|day)")


def _split(value: object) -> object:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _check_length(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        message = "shorter than 32 characters; make one with `openssl rand -hex 32`"
        raise ValueError(message)
    return secret


def _check_site(url: HttpUrl) -> HttpUrl:
    if any(
        part is not None
        for part in (url.username, url.password, url.query, url.fragment)
    ):
        message = "takes a scheme, a host, perhaps a port and a path, and nothing else"
        raise ValueError(message)
    return url


def _check_mail_url(url: SecretStr) -> SecretStr:
    create_transport(url.get_secret_value())
    return url


def parse_sender(text: str) -> Address:
    """Read an address, perhaps behind a name; raises `ValueError` when it is none."""
    message = "not an address; write orders@example.com or Orders <orders@example.com>"
    try:
        header: Any = SMTP.header_factory("From", text)
    except (ValueError, IndexError):  # the second for an address that ends in @
        raise ValueError(message) from None
    if len(header.addresses) != 1 or header.defects:
        raise ValueError(message)
    address: Address = header.addresses[0]
    if address.domain != "localhost":
        check_email(address.addr_spec)
    return address


def _check_sender(text: str) -> str:
    parse_sender(text)
    return text


def _parse_rate(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _RATE.fullmatch(value) is None:
        message = "write a number and second, minute, hour or day, like 60/minute"
        raise ValueError(message)
    return parse(value)


def _check_host(text: str) -> str:
    if _HOST.fullmatch(text) is None:
        message = "write names only, like api.example.com or *.example.com"
        raise ValueError(message)
    return text


def _check_origin(text: str) -> str:
    if _ORIGIN.fullmatch(text) is None:
        message = "write scheme and host, like https://app.example.com, and no path"
        raise ValueError(message)
    return text


CommaSeparated = Annotated[list[T], BeforeValidator(_split)]
"""A list written as `one,two` in the environment."""

Secret = Annotated[SecretStr, AfterValidator(_check_length)]
SiteURL = Annotated[HttpUrl, AfterValidator(_check_site)]
MailURL = Annotated[SecretStr, AfterValidator(_check_mail_url)]
MailSender = Annotated[str, AfterValidator(_check_sender)]
Rate = Annotated[InstanceOf[RateLimitItem], BeforeValidator(_parse_rate)]
"""So many in a moving window, written as `60/minute` in the environment."""

Host = Annotated[str, AfterValidator(_check_host)]
Origin = Annotated[str, AfterValidator(_check_origin)]
