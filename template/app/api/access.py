"""Default deny: every route says who may call it, or the service does not start."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.params import Depends
from fastapi.routing import iter_route_contexts

from app.api.dependencies import CurrentUser
from app.core.exceptions import AuthorizationError
from app.domain.permission import Permission
from app.services.audit import log_denial


class UndeclaredRouteError(RuntimeError):
    """A route declares neither a permission nor that it is public."""


async def _anybody() -> None:
    pass


class _Requires:
    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, user: CurrentUser) -> None:
        if self.permission not in user.permissions:
            log_denial(user.id, self.permission)
            raise AuthorizationError


PUBLIC = Depends(_anybody)
"""For `dependencies=[...]` of a route that anybody may call."""


def requires(permission: Permission) -> Depends:
    """For `dependencies=[...]` of a route that needs `permission`, 403 without it."""
    return Depends(_Requires(permission))


def check_access(app: FastAPI) -> None:
    """Raise `UndeclaredRouteError` for a route of `app` that does not say who may call it.

    FastAPI's own route for the schema, which is on in development only, is let through.
    """
    for route in iter_route_contexts(app.routes):
        if route.path == app.openapi_url:
            continue
        dependant = getattr(route, "dependant", None)
        if dependant is None or not any(map(_is_declaration, _calls(dependant))):
            message = (
                f"{route.path} declares neither a permission nor that it is public; "
                "add dependencies=[requires(Permission.…)] or dependencies=[PUBLIC]."
            )
            raise UndeclaredRouteError(message)


def _calls(dependant: Dependant) -> Iterator[object]:
    for child in dependant.dependencies:
        yield child.call


def _is_declaration(call: object) -> bool:
    return call is _anybody or isinstance(call, _Requires)
