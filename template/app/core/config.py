"""Typed settings, read from `APP_*` environment variables and from `.env`."""

from datetime import timedelta
from email.headerregistry import Address
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from limits import parse
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.core.setting_types import (
    CommaSeparated,
    Host,
    MailSender,
    MailURL,
    Origin,
    Rate,
    Secret,
    SiteURL,
    parse_sender,
)
from app.core.variables import PREFIX, FileSource, Unusable


class Environment(StrEnum):
    """Where the service runs. Staging follows every rule of production."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every setting of the service. README.md has them in a table.

    Each comes from its `APP_*` variable, or from the file that `APP_*_FILE` names.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        enable_decoding=False,  # no JSON: lists are `CommaSeparated`
        extra="ignore",
        hide_input_in_errors=True,
    )

    environment: Environment = Environment.PRODUCTION
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    secret_key: Secret
    previous_secret_keys: CommaSeparated[Secret] = []
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
    database_timeout: float = Field(default=2, gt=0, le=3600)

    allowed_hosts: CommaSeparated[Host] = ["localhost", "127.0.0.1", "[::1]"]
    cors_origins: CommaSeparated[Origin] = []
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    max_concurrency: int = Field(default=1000, ge=1)
    request_timeout: float = Field(default=30, gt=0, le=3600)
    shutdown_delay: float | None = Field(default=None, ge=0, le=60)
    rate_limit_enabled: bool = True
    """False switches every limit off, for load tests; production refuses it."""
    rate_limit_default: Rate = parse("600/minute")
    rate_limit_credentials: Rate = parse("60/minute")

    public_url: SiteURL | None = None
    require_verified_email: bool | None = None
    mail_url: MailURL | None = None
    mail_from: MailSender | None = None
    # yours

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_unusable(cls, value: object) -> object:
        if isinstance(value, Unusable):
            raise ValueError(str(value))  # noqa: TRY004 - pydantic collects these
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not ours to name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, the strongest first."""
        files = FileSource(settings_cls, dotenv_settings, env_settings)
        return init_settings, files, env_settings, dotenv_settings

    def problems(self, *, strict: bool) -> list[str]:
        """Return why settings do not go together, or when `strict` are unsafe, by line."""
        return []

    @property
    def is_development(self) -> bool:
        """Whether the rules of production are off."""
        return self.environment is Environment.DEVELOPMENT

    @property
    def drain_seconds(self) -> float:
        """How long to answer on after the signal to stop, for balancers to look elsewhere."""
        if self.shutdown_delay is None:
            return 0 if self.is_development else 3
        return self.shutdown_delay

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

    @property
    def site_url(self) -> str:
        """The site that mails link to, without a slash at its end."""
        if self.public_url is not None:
            return str(self.public_url).rstrip("/")
        if self.is_development:
            return "http://localhost:8000"
        named = (host for host in self.allowed_hosts if "*" not in host)
        return f"https://{next(named, 'localhost')}"

    @property
    def verifies_email(self) -> bool:
        """Whether one signs in only with a verified address."""
        if self.require_verified_email is None:
            return not self.is_development
        return self.require_verified_email

    @property
    def mail_transport(self) -> SecretStr:
        """The URL that mails leave by; a server on this machine unless it is set."""
        default = "console:" if self.is_development else "smtp://localhost:25"
        return self.mail_url or SecretStr(default)

    @property
    def mail_sender(self) -> Address:
        """The address that mails come from, perhaps behind a name."""
        if self.mail_from is not None:
            return parse_sender(self.mail_from)
        try:
            return parse_sender(f"no-reply@{urlsplit(self.site_url).hostname}")
        except ValueError:  # The site has an address or a name of no domain's.
            return parse_sender("no-reply@localhost")
