"""Makes the providers that the settings name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from httpx2 import AsyncBaseTransport

from app.core.exceptions import NotFoundError
from app.services.oauth.base import Provider
from app.services.oauth.registry import PROVIDERS
from app.services.oauth.settings import OAuthSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """The providers that are offered, and where sign-ins go to and come from."""

    providers: Mapping[str, Provider]
    base_url: str
    target: str
    origins: Sequence[str]

    def get(self, name: str) -> Provider:
        """Return a provider; raises `NotFoundError` when it is not offered."""
        if name not in self.providers:
            raise NotFoundError
        return self.providers[name]

    def callback_url(self, provider: Provider) -> str:
        """Where a provider sends browsers back to; each has its own (RFC 9700, 4.4.2)."""
        return f"{self.base_url}/api/v1/auth/oauth/{provider.name}/callback"


def create_oauth(settings: OAuthSettings, transport: AsyncBaseTransport) -> OAuth:
    """Make the providers that this service is registered at."""
    providers = {}
    for provider in PROVIDERS:
        registration = settings.registration(provider)
        if registration is not None:
            providers[provider.name] = provider(registration, transport)
    return OAuth(
        providers=providers,
        base_url=settings.oauth_base,
        target=settings.oauth_target,
        origins=settings.cors_origins,
    )
