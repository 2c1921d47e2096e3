"""The settings of the providers."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr, create_model

from app.core.config import Settings
from app.core.setting_types import SiteURL
from app.core.variables import variable
from app.domain.secret import is_placeholder
from app.services.oauth.base import Provider, Registration
from app.services.oauth.registry import PROVIDERS

EXAMPLE_PAGE = "/api/v1/auth/oauth/example"

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class OAuthSettings(Settings):
    """What all providers share."""

    oauth_redirect_url: SiteURL | None = None
    oauth_base_url: SiteURL | None = None

    @property
    def oauth_base(self) -> str:
        """Where browsers reach this service, without a slash at the end."""
        return str(self.oauth_base_url or self.site_url).rstrip("/")

    @property
    def oauth_target(self) -> str:
        """The page that gets the code; unless it is set the example's, in development."""
        return str(self.oauth_redirect_url or self.oauth_base + EXAMPLE_PAGE)

    def registration(self, provider: type[Provider]) -> Registration | None:
        """Return what this service is known by at `provider`, None when it is not."""
        client_id, secret, issuer = self._values(provider)
        if not (client_id and secret and issuer):
            return None
        return Registration(
            issuer=issuer, client_id=client_id, client_secret=secret.get_secret_value()
        )

    def problems(self, *, strict: bool) -> list[str]:
        """Return why settings do not go together, or when `strict` are unsafe, by line."""
        found = super().problems(strict=strict)
        for provider in PROVIDERS:
            found.extend(self._problems_of(provider, strict=strict))
        if strict and any(map(self.registration, PROVIDERS)):
            found.extend(self._unsafe_addresses())
        return found

    def _values(
        self, provider: type[Provider]
    ) -> tuple[str | None, SecretStr | None, str | None]:
        prefix = f"oauth_{provider.name}"
        return (
            getattr(self, f"{prefix}_client_id"),
            getattr(self, f"{prefix}_client_secret"),
            getattr(self, f"{prefix}_issuer", None) or provider.issuer,
        )

    def _problems_of(self, provider: type[Provider], *, strict: bool) -> Iterator[str]:
        client_id, secret, issuer = self._values(provider)
        names = [
            variable(f"oauth_{provider.name}_{end}")
            for end in ("client_id", "client_secret", "issuer")
        ]
        if client_id and not secret:
            yield f"{names[1]}: not set, but {names[0]} is; set both or neither."
        if secret and not client_id:
            yield f"{names[0]}: not set, but {names[1]} is; set both or neither."
        if (client_id or secret) and not issuer:
            yield f"{names[2]}: not set; docs/oauth/{provider.name}.md says what it is."
        if issuer and not _is_safe_issuer(issuer, strict=strict):
            yield f"{names[2]}: not https://, which only development takes, on loopback."
        if strict and secret and is_placeholder(secret.get_secret_value()):
            yield f"{names[1]}: a placeholder; put the real one."

    def _unsafe_addresses(self) -> Iterator[str]:
        if self.oauth_redirect_url is None:
            yield "APP_OAUTH_REDIRECT_URL: not set; name the page that gets the code."
        elif self.oauth_redirect_url.scheme != "https":
            yield "APP_OAUTH_REDIRECT_URL: not https://, and it gets a code."
        if not self.oauth_base.startswith("https:"):
            yield "APP_OAUTH_BASE_URL: not https://, and it gets a code."


def _is_safe_issuer(issuer: str, *, strict: bool) -> bool:
    try:
        scheme, host = urlsplit(issuer).scheme, urlsplit(issuer).hostname
    except ValueError:
        return False
    in_clear = scheme == "http" and host in _LOOPBACK and not strict
    return bool(host) and (scheme == "https" or in_clear)


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for provider in PROVIDERS:
        fields[f"oauth_{provider.name}_client_id"] = (str | None, None)
        fields[f"oauth_{provider.name}_client_secret"] = (SecretStr | None, None)
        if provider.has_issuer_setting:
            fields[f"oauth_{provider.name}_issuer"] = (str | None, None)
    return fields


SETTINGS = create_model("ProviderSettings", __base__=OAuthSettings, **_fields())
"""With `oauth_<provider>_client_id` and so on for every provider."""
