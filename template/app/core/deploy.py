"""The rules of production: what must not face the Internet."""

from collections.abc import Iterator

from pydantic import SecretStr
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.core.config import Settings
from app.core.variables import variable
from app.domain.password import MAX_PASSWORD_LENGTH, check_password
from app.domain.secret import is_guessable, is_placeholder

# OWASP's minimum for Argon2id.
MIN_ARGON2_MEMORY_KIB = 19_456
MIN_ARGON2_TIME_COST = 2


def unsafe_settings(settings: Settings) -> list[str]:
    """Why `settings` must not face the Internet, a line for each reason."""
    return [
        *_weak_keys(settings),
        *_weak_passwords(settings),
        *_shared_secrets(settings),
        *_weak_hashes(settings),
        *_open_doors(settings),
        *_unfit_mail(settings),
    ]


def _weak_keys(settings: Settings) -> Iterator[str]:
    if is_guessable(settings.secret_key.get_secret_value()):
        yield "APP_SECRET_KEY: a placeholder or too regular; make a random one."
    previous = [key.get_secret_value() for key in settings.previous_secret_keys]
    if any(map(is_guessable, previous)):
        yield "APP_PREVIOUS_SECRET_KEYS: holds a guessable key; remove it."


def _weak_passwords(settings: Settings) -> Iterator[str]:
    database = settings.database_url.get_secret_value()
    url = _url(database)
    if "change-me" in database:
        yield "APP_DATABASE_URL: holds a placeholder; put the real one."
    elif url is not None and _has_default_password(url):
        yield "APP_DATABASE_URL: its password is a default one; make a random one."
    mail = _url(settings.mail_transport.get_secret_value())
    if mail is not None and is_placeholder(_password(mail)):
        yield "APP_MAIL_URL: its password is a placeholder; put the real one."


def _shared_secrets(settings: Settings) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name, secret in _secrets(settings):
        owner = owners.setdefault(secret, name)
        if secret and owner != name:
            yield f"{name}: holds the secret of {owner}; make another one."


def _weak_hashes(settings: Settings) -> Iterator[str]:
    if settings.argon2_memory_kib < MIN_ARGON2_MEMORY_KIB:
        yield f"APP_ARGON2_MEMORY_KIB: below {MIN_ARGON2_MEMORY_KIB}; raise it."
    if settings.argon2_time_cost < MIN_ARGON2_TIME_COST:
        yield f"APP_ARGON2_TIME_COST: below {MIN_ARGON2_TIME_COST}; raise it."


def _open_doors(settings: Settings) -> Iterator[str]:
    if "*" in settings.allowed_hosts:
        yield "APP_ALLOWED_HOSTS: holds `*`; name the hosts."
    origins = settings.cors_origins
    if any("*" in origin or origin == "null" for origin in origins):
        yield "APP_CORS_ORIGINS: holds `*` or `null`; name the origins."
    if any(origin.lower().startswith("http:") for origin in origins):
        yield "APP_CORS_ORIGINS: holds an origin in clear; make it https://."
    if not settings.rate_limit_enabled:
        yield "APP_RATE_LIMIT_ENABLED: false; remove it."
    if settings.log_level == "DEBUG":
        yield "APP_LOG_LEVEL: DEBUG; make it INFO."


def _unfit_mail(settings: Settings) -> Iterator[str]:
    site, mail = settings.public_url, settings.mail_url
    if site is not None and site.scheme != "https":
        yield "APP_PUBLIC_URL: not https://, and its links carry tokens."
    if site is None and all(map(_is_pattern, settings.allowed_hosts)):
        yield "APP_PUBLIC_URL: not set, and APP_ALLOWED_HOSTS names no host to link to."
    if mail is not None and not _is_server(mail):
        yield "APP_MAIL_URL: delivers to nobody; make it smtp:// or smtps://."


def _is_pattern(host: str) -> bool:
    return host.startswith("*.")


def _is_server(mail_url: SecretStr) -> bool:
    return mail_url.get_secret_value().lower().startswith("smtp")


def _secrets(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each secret, of a URL its password, and the variable that holds it."""
    for field, value in settings:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, SecretStr):
                text = item.get_secret_value()
                url = _url(text)
                yield variable(field), text if url is None else _password(url)


def _url(text: str) -> URL | None:
    try:
        return make_url(text)
    except (ValueError, ArgumentError):
        return None


def _password(url: URL) -> str:
    return str(url.password or url.query.get("password") or "")


def _has_default_password(url: URL) -> bool:
    password = _password(url).casefold()
    names = {url.username, url.query.get("user"), url.database}
    is_name = password in {str(name).casefold() for name in names}
    is_product = url.get_backend_name().startswith(password)
    is_bad = is_name or is_product or is_placeholder(password) or _is_common(password)
    return password != "" and is_bad


def _is_common(password: str) -> bool:
    try:
        check_password(password[:MAX_PASSWORD_LENGTH])
    except ValueError:
        return True
    return False
