"""Typed settings, read from `APP_*` environment variables and from `.env`."""

import re
import sys
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from limits import RateLimitItem, parse
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

EX_CONFIG = 78
"""The exit code for a configuration error (sysexits.h)."""

CommaSeparated = Annotated[list[str], NoDecode]
"""A list written as `one,two` in the environment."""


def _check_length(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        message = "shorter than 32 characters; make one with `openssl rand -hex 32`"
        raise ValueError(message)
    return secret


Secret = Annotated[SecretStr, AfterValidator(_check_length)]

_RATE = re.compile("[1-9][0-9]*/(second|minute|hour|day)")


def _parse_rate(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _RATE.fullmatch(value) is None:
        message = "write a number and second, minute, hour or day, like 60/minute"
        raise ValueError(message)
    return parse(value)


Rate = Annotated[InstanceOf[RateLimitItem], BeforeValidator(_parse_rate)]
"""So many in a moving window, written as `60/minute` in the environment."""


class Environment(StrEnum):
    """Where the service runs. Staging follows every rule of production."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every setting of the service. README.md has them in a table."""

    model_config = SettingsConfigDict(
        env_prefix="APP_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    environment: Environment = Environment.PRODUCTION
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    secret_key: Secret
    previous_secret_keys: Annotated[list[Secret], NoDecode] = []
    access_token_minutes: int = Field(default=30, ge=1, le=24 * 60)
    refresh_token_days: int = Field(default=7, ge=1, le=365)
    session_days: int = Field(default=30, ge=1, le=365)
    refresh_leeway_seconds: int = Field(default=10, ge=0, le=60)
    argon2_memory_kib: int = Field(default=19_456, ge=8)
    argon2_time_cost: int = Field(default=2, ge=1)

    database_url: SecretStr
    database_pool_size: int = Field(default=20, ge=1)
    database_max_overflow: int = Field(default=30, ge=0)
    database_pool_recycle: int = Field(default=3600, ge=1)

    allowed_hosts: CommaSeparated = ["localhost", "127.0.0.1", "[::1]"]
    cors_origins: CommaSeparated = []
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    rate_limit_enabled: bool = True
    """False switches every limit off, for load tests; production refuses it."""
    rate_limit_default: Rate = parse("600/minute")
    rate_limit_credentials: Rate = parse("60/minute")

    public_url: str | None = None
    require_verified_email: bool | None = None
    mail_url: SecretStr | None = None
    mail_from: str | None = None
    # yours

    @field_validator(
        "allowed_hosts", "cors_origins", "previous_secret_keys", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [item.strip() for item in value.split(",") if item.strip()]
        return value

    @property
    def is_development(self) -> bool:
        """Whether the rules of production are off."""
        return self.environment is Environment.DEVELOPMENT

    @property
    def access_token_lifetime(self) -> timedelta:
        """How long an access token is good for."""
        return timedelta(minutes=self.access_token_minutes)

    @property
    def refresh_token_lifetime(self) -> timedelta:
        """How long a refresh token waits to be used."""
        return timedelta(days=self.refresh_token_days)

    @property
    def session_lifetime(self) -> timedelta:
        """When a session ends, however often it is refreshed."""
        return timedelta(days=self.session_days)

    @property
    def refresh_leeway(self) -> timedelta:
        """How long a rotated refresh token may come again without alarm."""
        return timedelta(seconds=self.refresh_leeway_seconds)


def _is_weak(secret: str) -> bool:
    return "change-me" in secret or len(set(secret)) < 10


def unsafe_settings(settings: Settings) -> list[str]:
    """Why `settings` must not face the Internet, a line for each reason."""
    problems = []
    secret = settings.secret_key.get_secret_value()
    previous = [key.get_secret_value() for key in settings.previous_secret_keys]
    if _is_weak(secret):
        problems.append(
            "APP_SECRET_KEY: a placeholder or too regular; make a random one."
        )
    if any(map(_is_weak, previous)):
        problems.append("APP_PREVIOUS_SECRET_KEYS: holds a weak key; remove it.")
    if secret in previous:
        problems.append("APP_PREVIOUS_SECRET_KEYS: holds the current key; remove it.")
    if settings.argon2_memory_kib < 19_456 or settings.argon2_time_cost < 2:
        problems.append("APP_ARGON2_*: below 19456 KiB and 2 rounds; raise them.")
    if "*" in settings.allowed_hosts:
        problems.append("APP_ALLOWED_HOSTS: holds `*`; name the hosts.")
    if any("*" in origin or origin == "null" for origin in settings.cors_origins):
        problems.append("APP_CORS_ORIGINS: holds `*` or `null`; name the origins.")
    if not settings.rate_limit_enabled:
        problems.append("APP_RATE_LIMIT_ENABLED: false; remove it.")
    if "change-me" in settings.database_url.get_secret_value():
        problems.append("APP_DATABASE_URL: holds a placeholder; put the real one.")
    return problems


def _describe(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        name = "APP_" + "_".join(str(part) for part in item["loc"][:1]).upper()
        missing = item["type"] == "missing"
        reason = "not set; .env.example shows it" if missing else item["msg"]
        lines.append(f"{name}: {reason.removeprefix('Value error, ')}.")
    return lines


def refuse(problems: list[str]) -> None:
    """Print `problems` a line each and exit with 78; do nothing when there are none."""
    if problems:
        lines = ["The configuration is refused:", *problems]
        sys.stderr.write("\n  ".join(lines) + "\n")
        raise SystemExit(EX_CONFIG)


def read_settings() -> Settings:
    """Read the settings; exit with 78 and a line for each one that is missing or wrong."""
    try:
        return Settings()
    except ValidationError as error:
        refuse(_describe(error))
        raise


def load_settings() -> Settings:
    """Read the settings to run with; outside development unsafe ones are refused too."""
    settings = read_settings()
    if not settings.is_development:
        refuse(unsafe_settings(settings))
    return settings
