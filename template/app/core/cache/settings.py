"""Where Redis is."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from app.core.cache.client import parse_url
from app.core.config import Settings
from app.domain.secret import is_placeholder

_IN_DEVELOPMENT = SecretStr("redis://localhost:6379/0")


def _check_url(url: SecretStr) -> SecretStr:
    parse_url(url.get_secret_value())
    return url


RedisURL = Annotated[SecretStr, AfterValidator(_check_url)]


class RedisSettings(Settings):
    """The setting of the cache."""

    redis_url: RedisURL | None = None

    @property
    def redis_address(self) -> SecretStr:
        """The URL of Redis; a server on this machine unless it is set."""
        return self.redis_url or _IN_DEVELOPMENT

    def problems(self, *, strict: bool) -> list[str]:
        """Return why settings do not go together, or when `strict` are unsafe, by line."""
        found = super().problems(strict=strict)
        if strict and self.redis_url is None:
            found.append("APP_REDIS_URL: not set; .env.example shows it.")
        if strict and self.redis_url is not None:
            password = parse_url(self.redis_url.get_secret_value()).password
            if password and is_placeholder(password):
                found.append("APP_REDIS_URL: holds a placeholder; put the real one.")
        return found
