"""Caching in Redis: `@cache(expire=300)` on whatever is asked often and changes seldom."""

from app.core.cache.decorator import cache
from app.core.cache.store import Cache

__all__ = ["Cache", "cache"]
