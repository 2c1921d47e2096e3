"""Default deny: every route says who may call it, or the service does not start."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.params import Depends
from fastapi.routing import iter_route_contexts

from app.api.dependencies import CurrentUser, get_claims
from app.api.limits import limit_credentials
from app.core.exceptions import AuthorizationError
from app.domain.permission import Permission
from app.domain.principal import Principal
from app.services.audit import log_denial


class UndeclaredRouteError(RuntimeError):
    """A route declares neither a permission nor that it is public."""


class UnlimitedRouteError(RuntimeError):
    """A route takes input from anybody, without a token, and declares no limit."""


_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

# Nobody gets further without a token, or without being counted.
_BOUNDS = (get_claims, limit_credentials)


async def _anybody() -> None:
    pass


class _Requires:
    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, user: CurrentUser) -> Principal:
        if self.permission not in user.permissions:
            log_denial(user.id, self.permission)
            raise AuthorizationError
        return user


PUBLIC = Depends(_anybody)
"""For `dependencies=[...]` of a route that anybody may call; see `CREDENTIALS` too."""


def requires(permission: Permission) -> Depends:
    """For a route that needs `permission`, 403 without it.

    `user: Annotated[Principal, requires(...)]` where the endpoint uses who it is, and
    `dependencies=[requires(...)]` where it does not.
    """
    return Depends(_Requires(permission))


Me = Annotated[Principal, requires(Permission.ACCOUNT)]
"""Who is signed in, for a route about their own account."""


def check_access(app: FastAPI) -> None:
    """Raise for a route of `app` that does not say who may call it, or how often.

    FastAPI's own route for the schema, which is on in development only, is let through.
    """
    for route in iter_route_contexts(app.routes):
        if route.path == app.openapi_url:
            continue
        dependant = getattr(route, "dependant", None)
        calls = [] if dependant is None else [each.call for each in needs(dependant)]
        if not any(map(_is_declaration, calls)):
            message = (
                f"{route.path} declares neither a permission nor that it is public; "
                "add dependencies=[requires(Permission.…)] or dependencies=[PUBLIC]."
            )
            raise UndeclaredRouteError(message)
        reads_only = (route.methods or set()) <= _SAFE_METHODS
        if not reads_only and not any(call in _BOUNDS for call in calls):
            message = (
                f"{route.path} can be called by anybody, who may try out what it takes; "
                "add dependencies=[CREDENTIALS] (app.api.limits) to limit how often."
            )
            raise UnlimitedRouteError(message)


def needs(dependant: Dependant) -> Iterator[Dependant]:
    """Yield what FastAPI knows of an endpoint, and of everything it depends on."""
    yield dependant
    for child in dependant.dependencies:
        yield from needs(child)


def _is_declaration(call: object) -> bool:
    return call is _anybody or isinstance(call, _Requires)
