"""Redis, as a part that plugs into the service: what it keeps, and what it counts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.cache.decorator import using
from app.core.cache.settings import RedisSettings
from app.core.cache.store import Cache, Make
from app.core.cache.windows import SharedWindows
from app.core.config import Settings
from app.core.extension import Extension, Part
from app.core.project import SLUG
from app.core.resources import Resources
from app.repositories.cached_user import CachedUserRepository
from app.repositories.user import UserRepository
from app.services.invalidation import Invalidation

_READING = {"GET", "HEAD"}


class CacheMiddleware:
    """Lets requests that only read use the cache; the others see the database itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _READING:
            await self.app(scope, receive, send)
            return
        resources: Resources = scope["state"]["resources"]
        with using(resources.part(Cache)):
            await self.app(scope, receive, send)


@asynccontextmanager
async def run(settings: Settings) -> AsyncIterator[Part]:
    """The cache, whether or not Redis is there."""
    redis = cast("RedisSettings", settings)
    keys = [settings.secret_key, *settings.previous_secret_keys]
    cache = Cache(
        redis.redis_address.get_secret_value(),
        [key.get_secret_value() for key in keys],
        prefix=SLUG,
    )
    invalidation = Invalidation(cache, settings.access_token_lifetime)
    async with cache.running():
        yield Part(
            holds=cache,
            commit_handlers=[invalidation.handle],
            aids={"redis": cache.link.check},
            rate_limit_storage=SharedWindows(
                cache.backend.client, cache.link, prefix=SLUG
            ),
            keep_answer=partial(_keep_answer, cache),
        )


async def _keep_answer(cache: Cache, key: str, seconds: float, make: Make) -> bytes:
    return await cache.load("response", key, make, seconds=seconds)


extension = Extension(
    name="redis",
    settings=RedisSettings,
    lifespan=run,
    middleware=[Middleware(CacheMiddleware)],
    repositories={UserRepository: CachedUserRepository},
)

__all__ = ["extension"]
