"""`@cache(expire=300)`: keeps in Redis what a coroutine function returns."""

import inspect
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_jsonable_python

from app.core.cache.store import Cache

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

_current: ContextVar[Cache | None] = ContextVar("cache", default=None)


@contextmanager
def using(cache: Cache | None) -> Iterator[None]:
    """Have decorated functions use `cache` in the block; None for not at all."""
    token = _current.set(cache)
    try:
        yield
    finally:
        _current.reset(token)


def cache(
    *,
    expire: float,
    tags: Sequence[str] = (),
    layer: str = "query",
    denied_by: str | None = None,
    alone: bool = True,
) -> Callable[
    [Callable[P, Coroutine[Any, Any, ResultT]]],
    Callable[P, Coroutine[Any, Any, ResultT]],
]:
    """Keep what a function or method returns for `expire` seconds, at most.

    It is used while a request is answered that only reads; one that writes, and work in the
    background, always get what the database says.

    What is kept goes by the name of the function, the shape of what it returns and every
    argument but `self`, so whatever the result depends on has to be one: the user, if it is
    theirs. Arguments have to be plain values, and what is returned something pydantic can
    read from JSON, by its annotation. The `tags` may name arguments, as in
    `"orders:{customer_id}"`; `app.services.invalidation` says what makes them void.
    `denied_by`, a name like a tag, says when the answer is None whatever is kept; `alone`
    whether one of many who ask at once makes it for all.
    """

    def decorate(
        function: Callable[P, Coroutine[Any, Any, ResultT]],
    ) -> Callable[P, Coroutine[Any, Any, ResultT]]:
        adapter = _adapter(function)
        name = f"{function.__module__}.{function.__qualname__}"
        version = _version(adapter)
        signature = inspect.signature(function)

        @wraps(function)
        async def cached(*args: P.args, **kwargs: P.kwargs) -> ResultT:
            store = _current.get()
            if store is None:
                return await function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given = {k: v for k, v in bound.arguments.items() if k != "self"}

            async def make() -> bytes:
                return adapter.dump_json(await function(*args, **kwargs))

            kept = await store.load(
                layer,
                f"{name}:{version}:{_plain(name, given)}",
                make,
                seconds=expire,
                tags=[tag.format_map(given) for tag in tags],
                denied_by=denied_by and denied_by.format_map(given),
                alone=alone,
            )
            return adapter.validate_json(kept)

        return cached

    return decorate


def _adapter(function: Callable[..., Awaitable[ResultT]]) -> TypeAdapter[ResultT]:
    return TypeAdapter(get_type_hints(function, include_extras=True)["return"])


def _version(adapter: TypeAdapter[ResultT]) -> str:
    """Entries of another shape, as of the release before, are other entries."""
    schema = json.dumps(adapter.json_schema(), sort_keys=True)
    return sha256(schema.encode()).hexdigest()[:12]


def _plain(name: str, given: dict[str, object]) -> str:
    try:
        return json.dumps(to_jsonable_python(given), sort_keys=True)
    except PydanticSerializationError as error:
        message = f"{name} is cached, so its arguments have to be plain values: {error}"
        raise TypeError(message) from None
