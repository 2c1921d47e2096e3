"""Puts the service together."""

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.access import check_access
from app.api.caching import check_kept_answers
from app.api.docs import add_docs
from app.api.errors import add_error_handlers, problem_response
from app.api.openapi import ERROR_RESPONSES, Application
from app.api.v1.api import ROUTERS, router
from app.core.answers import keep_nothing
from app.core.config import Settings
from app.core.database import (
    EventHandler,
    check_pool,
    create_engine,
    create_session_factory,
    ping,
)
from app.core.drain import Drain
from app.core.extension import Extension, compose_settings, merge
from app.core.link_tokens import LINK_LIFETIMES, LinkPurpose, LinkTokens
from app.core.logging import configure_logging
from app.core.mail import Outbox, create_transport
from app.core.middleware.pipeline import pipeline
from app.core.migrations import load_migrations
from app.core.passwords import PasswordHasher
from app.core.periodic import periodically
from app.core.project import DESCRIPTION, NAME, SLUG
from app.core.rate_limit import RateLimiter, WindowStorage
from app.core.readiness import Readiness, ReadinessCheck
from app.core.resources import Resources
from app.core.security import AccessTokens, Fingerprints
from app.core.startup import load_settings
from app.registry import DIALECT, EXTENSIONS
from app.services.audit import log_event
from app.services.links import Links
from app.services.mail import Postman
from app.services.purge import purge_expired

_PURGE_INTERVAL = timedelta(hours=1)

# How many there are before garbage is looked for among them. It is seldom found in what
# requests leave behind: by Python's 700, looking took a fifteenth of their time.
_NEW_OBJECTS = 10_000


class State(TypedDict):
    """What the lifespan hands to every request."""

    resources: Resources


def create_app(
    settings: Settings | None = None, extensions: Sequence[Extension] = EXTENSIONS
) -> FastAPI:
    """Make the application; `settings` come from the environment unless given."""
    settings = settings or load_settings(compose_settings(extensions))
    configure_logging(settings)
    engine = create_engine(settings, DIALECT)
    render = partial(problem_response, dialect=DIALECT)
    innermost = [each for extension in extensions for each in extension.middleware]
    openapi_url = "/openapi.json" if settings.is_development else None
    app = Application(
        title=NAME,
        description=DESCRIPTION,
        openapi_url=openapi_url,
        docs_url=None,
        redoc_url=None,
        lifespan=partial(
            _lifespan, settings=settings, extensions=extensions, engine=engine
        ),
        middleware=pipeline(settings, render, innermost),
        redirect_slashes=False,
        # FastAPI would look for somebody who listens at each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        responses=ERROR_RESPONSES,
    )
    add_error_handlers(app, render)
    if openapi_url is not None:
        add_docs(app, openapi_url)
    for each in [*ROUTERS, *(extension.router for extension in extensions)]:
        if each is not None:
            app.include_router(each, prefix="/api/v1")
    app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(
    app: FastAPI,
    *,
    settings: Settings,
    extensions: Sequence[Extension],
    engine: AsyncEngine,
) -> AsyncIterator[State]:
    outbox = _outbox(settings)
    link_tokens = _link_tokens(settings)
    links = Links(link_tokens, settings.site_url)
    background = create_session_factory(engine)
    drain = Drain(settings.drain_seconds)
    migrations = load_migrations()
    drain.watch()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        parts = [
            await stack.enter_async_context(extension.lifespan(settings))
            for extension in extensions
            if extension.lifespan is not None
        ]
        together = merge(parts)
        limiter = RateLimiter(
            together.rate_limit_storage or WindowStorage(),
            enabled=settings.rate_limit_enabled,
        )
        postman = Postman(background, outbox, links, limiter)
        handlers: list[EventHandler] = [log_event, postman.handle]
        for extension in extensions:
            handlers.extend(extension.event_handlers)
        factory = create_session_factory(
            engine,
            handlers,
            commit_handlers=together.commit_handlers,
            timeout=settings.database_timeout,
        )
        if await migrations.check_start(factory):
            await check_pool(factory, settings, DIALECT)
        await stack.enter_async_context(outbox)
        purge = partial(purge_expired, background, extensions)
        await stack.enter_async_context(periodically(purge, every=_PURGE_INTERVAL))
        checks: dict[str, ReadinessCheck] = {
            "database": partial(ping, factory),
            "migrations": partial(migrations.check_readiness, factory, DIALECT),
        }
        for extension in extensions:
            checks.update(extension.readiness_checks)
        check_access(app)
        check_kept_answers(app)
        if not settings.is_development:
            # All that is there by now stays: no use in looking for garbage in it again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_NEW_OBJECTS)
        yield State(
            resources=Resources(
                settings=settings,
                session_factory=factory,
                passwords=PasswordHasher(settings),
                access_tokens=_access_tokens(settings),
                link_tokens=link_tokens,
                fingerprints=Fingerprints(
                    _secret_keys(settings), purpose="idempotency"
                ),
                rate_limiter=limiter,
                readiness=Readiness(checks, drain, aids=together.aids),
                keep_answer=together.keep_answer or keep_nothing,
                repositories=_stand_ins(extensions),
                parts=parts,
            )
        )


def _stand_ins(extensions: Sequence[Extension]) -> dict[type[Any], type[Any]]:
    made: dict[type[Any], type[Any]] = {}
    for extension in extensions:
        made.update(extension.repositories)
    return made


def _outbox(settings: Settings) -> Outbox:
    transport = create_transport(settings.mail_transport.get_secret_value())
    return Outbox(transport, sender=settings.mail_sender)


def _secret_keys(settings: Settings) -> list[str]:
    keys = [settings.secret_key, *settings.previous_secret_keys]
    return [key.get_secret_value() for key in keys]


def _access_tokens(settings: Settings) -> AccessTokens:
    return AccessTokens(
        _secret_keys(settings), issuer=SLUG, lifetime=settings.access_token_lifetime
    )


def _link_tokens(settings: Settings) -> dict[LinkPurpose, LinkTokens]:
    return {
        purpose: LinkTokens(
            _secret_keys(settings), purpose=purpose, issuer=SLUG, lifetime=lifetime
        )
        for purpose, lifetime in LINK_LIFETIMES.items()
    }
