"""Public answers that browsers, and whatever lies between, may keep."""

import hashlib
import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, get_type_hints
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from app.api.access import needs
from app.api.dependencies import get_claims
from app.api.etag import has_tag
from app.core.resources import Resources

Endpoint = Callable[..., Awaitable[Any]]

_REQUEST = inspect.Parameter(
    "request", inspect.Parameter.KEYWORD_ONLY, annotation=Request
)


class UnkeepableRouteError(RuntimeError):
    """What a route answers is not the same for everybody, or not only read."""


def cache(*, expire: int) -> Callable[[Endpoint], Endpoint]:
    """Let everybody keep what a public GET answers, for `expire` seconds.

    It stands below `@router.get`; the endpoint's return annotation is what is answered.
    The answer depends on path and query alone, or the service does not start. It has an
    `ETag`, and who has that one already gets 304 (RFC 9110, 13.1.2; RFC 9111, 5.2.2).
    """

    def decorate(endpoint: Endpoint) -> Endpoint:
        adapter = TypeAdapter(get_type_hints(endpoint, include_extras=True)["return"])
        signature = inspect.signature(endpoint)
        takes_request = "request" in signature.parameters

        @wraps(endpoint)
        async def answer(request: Request, **values: Any) -> Response:
            if takes_request:
                values["request"] = request

            async def make() -> bytes:
                return adapter.dump_json(await endpoint(**values), by_alias=True)

            resources: Resources = request.state.resources
            body = await resources.keep_answer(_key(request), expire, make)
            return _conditional(request, body, expire)

        if not takes_request:
            parameters = [*signature.parameters.values(), _REQUEST]
            signature = signature.replace(parameters=parameters)
        # FastAPI hands over what the signature names.
        vars(answer).update(__signature__=signature, kept_seconds=expire)
        return answer

    return decorate


def check_kept_answers(app: FastAPI) -> None:
    """Raise for a route of `app` whose answer must not be kept for everybody."""
    for route in iter_route_contexts(app.routes):
        if not hasattr(getattr(route, "endpoint", None), "kept_seconds"):
            continue
        needed = list(needs(route.dependant))
        personal = any(each.call is get_claims for each in needed)
        varies = any(each.header_params or each.cookie_params for each in needed)
        if personal or varies or route.methods != {"GET"}:
            message = (
                f"{route.path} has `@cache`, but what it answers depends on who asks; "
                "keep public GETs that take neither token, header nor cookie."
            )
            raise UnkeepableRouteError(message)


def _key(request: Request) -> str:
    """What the answer depends on: what is in the query and not of the route is not."""
    route: APIRoute = request.scope["route"]
    needed = needs(route.dependant)
    known = {parameter.alias for each in needed for parameter in each.query_params}
    query = [(k, v) for k, v in request.query_params.multi_items() if k in known]
    return f"{request.url.path}?{urlencode(sorted(query))}"


def _conditional(request: Request, body: bytes, expire: int) -> Response:
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": f"public, max-age={expire}"}
    if has_tag(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
