"""Signing in at providers, as a part that plugs into the service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import APIRouter
from httpx2 import AsyncBaseTransport

from app.api.v1.endpoints.oauth import router as oauth
from app.api.v1.endpoints.oauth_account import router as oauth_account
from app.api.v1.endpoints.oauth_example import router as oauth_example
from app.core.config import Settings
from app.core.database import Session
from app.core.extension import Extension, Part, Purge
from app.repositories.oauth import OAuthRepository
from app.services.oauth import mail
from app.services.oauth.factory import create_oauth
from app.services.oauth.http import open_transport
from app.services.oauth.settings import SETTINGS, OAuthSettings

router = APIRouter()
router.include_router(oauth_example)
router.include_router(oauth)
router.include_router(oauth_account)


@asynccontextmanager
async def run(
    settings: Settings, network: AsyncBaseTransport | None = None
) -> AsyncIterator[Part]:
    """The providers of the settings, and the connections to them.

    Tests have a `network` of their own.
    """
    async with open_transport(network) as transport:
        yield Part(holds=create_oauth(cast("OAuthSettings", settings), transport))


def purge_states(session: Session) -> Purge:
    """Deletes sign-ins that did not come back."""
    return OAuthRepository(session).purge_states


def purge_codes(session: Session) -> Purge:
    """Deletes codes that were not exchanged."""
    return OAuthRepository(session).purge_codes


extension = Extension(
    name="oauth",
    settings=SETTINGS,
    router=router,
    lifespan=run,
    purges=[purge_states, purge_codes],
)

__all__ = ["extension", "mail"]
