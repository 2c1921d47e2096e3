"""The middleware around the application, and its order."""

from collections.abc import Iterable

from starlette.middleware import Middleware

from app.core.config import Settings
from app.core.middleware.access_log import AccessLogMiddleware
from app.core.middleware.body_limit import BodyLimitMiddleware
from app.core.middleware.concurrency import ConcurrencyMiddleware
from app.core.middleware.cors import ProblemCORSMiddleware
from app.core.middleware.deadline import DeadlineMiddleware
from app.core.middleware.error_boundary import ErrorBoundaryMiddleware, ErrorRenderer
from app.core.middleware.head_limit import HeadLimitMiddleware
from app.core.middleware.host import HostMiddleware
from app.core.middleware.multipart import MultipartCharsetMiddleware
from app.core.middleware.rate_limit import RateLimitMiddleware
from app.core.middleware.request_context import (
    SECURITY_HEADERS,
    STRICT_TRANSPORT,
    RequestContextMiddleware,
)
from app.core.middleware.strict_json import StrictJSONMiddleware


def pipeline(
    settings: Settings, render: ErrorRenderer, innermost: Iterable[Middleware] = ()
) -> list[Middleware]:
    """Return the middleware, outermost first; `render` turns exceptions into answers.

    What refuses requests stands inside the error boundary, so that its answers look like
    every other: the rate after the host, so that only requests meant for us count, and
    before anything reads the body.
    """
    strict = not settings.is_development
    headers = SECURITY_HEADERS | (STRICT_TRANSPORT if strict else {})
    origins = settings.cors_origins
    cors = Middleware(ProblemCORSMiddleware, origins=origins, render=render)
    return [
        Middleware(RequestContextMiddleware, headers=headers),
        Middleware(AccessLogMiddleware),
        *([cors] if origins else []),  # else there is nothing to allow
        Middleware(ErrorBoundaryMiddleware, render=render),
        Middleware(ConcurrencyMiddleware, limit=settings.max_concurrency),
        Middleware(DeadlineMiddleware, seconds=settings.request_timeout),
        Middleware(HeadLimitMiddleware),
        Middleware(HostMiddleware, allowed=settings.allowed_hosts, https_only=strict),
        Middleware(RateLimitMiddleware),
        Middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes),
        Middleware(MultipartCharsetMiddleware),
        Middleware(StrictJSONMiddleware),
        *innermost,
    ]
