"""What settings are made of, beyond numbers and text. No error quotes a value."""

from email.policy import SMTP
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, HttpUrl, SecretStr

from app.domain.email import check_email

T = TypeVar("T")


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


def _is_mail_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        is_server = bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    if url.scheme in {"smtp", "smtps"}:
        # What follows the server is the rest of a password that was not encoded.
        return is_server and not (url.path.strip("/") or url.query or url.fragment)
    return url.scheme == "console" or (url.scheme == "file" and bool(url.path))


def _check_mail_url(url: SecretStr) -> SecretStr:
    if not _is_mail_url(url.get_secret_value()):
        message = (
            "write smtp://user:password@host:587, smtps://user:password@host:465, "
            "console: or file:folder; percent-encode what is special in the password"
        )
        raise ValueError(message)
    return url


def _check_sender(text: str) -> str:
    message = "not an address; write orders@example.com or Orders <orders@example.com>"
    try:
        header: Any = SMTP.header_factory("From", text)
    except (ValueError, IndexError):  # the second for an address that ends in @
        raise ValueError(message) from None
    if len(header.addresses) != 1 or header.defects:
        raise ValueError(message)
    (address,) = header.addresses
    if address.domain != "localhost":
        check_email(address.addr_spec)
    return text


CommaSeparated = Annotated[list[T], BeforeValidator(_split)]
"""A list written as `one,two` in the environment."""

Secret = Annotated[SecretStr, AfterValidator(_check_length)]
SiteURL = Annotated[HttpUrl, AfterValidator(_check_site)]
MailURL = Annotated[SecretStr, AfterValidator(_check_mail_url)]
MailSender = Annotated[str, AfterValidator(_check_sender)]
