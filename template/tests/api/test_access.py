"""Who may call what."""

import re

import pytest
from fastapi import APIRouter
from httpx2 import AsyncClient

from app.api.access import PUBLIC, UndeclaredRouteError, UnlimitedRouteError
from app.api.dependencies import ClaimsDep
from app.api.limits import CREDENTIALS
from app.application import create_app
from app.core.config import Settings
from app.core.extension import Extension
from tests.clients import API, bearer, sign_in
from tests.harness import MakeUser, run_app

ID = "00000000-0000-7000-8000-000000000000"

# For each route: the answer to a stranger and to a user without a role.
EXPECTED = {
    "GET /health/live": (200, 200),
    "GET /health/ready": (200, 200),
    "POST /auth/register": (422, 422),
    "POST /auth/login": (422, 422),
    "POST /auth/refresh": (422, 422),
    "POST /auth/logout": (401, 204),
    "POST /auth/logout-all": (401, 204),
    "GET /users/me": (401, 200),
    "PATCH /users/me": (401, 422),
    "DELETE /users/me": (401, 204),
    "POST /users/me/password": (401, 422),
    "GET /users": (401, 403),
    "POST /users": (401, 403),
    "GET /users/{user_id}": (401, 403),
    "PATCH /users/{user_id}": (401, 403),
    "DELETE /users/{user_id}": (401, 403),
    # yours
}


async def test_every_route_has_an_expectation(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    routes = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert routes == set(EXPECTED)


@pytest.mark.parametrize("route", EXPECTED)
async def test_strangers_and_users_without_a_role(
    client: AsyncClient, make_user: MakeUser, route: str
) -> None:
    user = await make_user()
    tokens = await sign_in(client, user.email)
    method, path = route.split()
    url = API + re.sub(r"{\w+}", ID, path)
    stranger = await client.request(method, url)
    user_answer = await client.request(method, url, headers=bearer(tokens))
    assert (stranger.status_code, user_answer.status_code) == EXPECTED[route]


async def undeclared() -> None:
    """A route that says nothing of who may call it."""


async def test_undeclared_route_stops_the_start_however_deep_it_is(
    settings: Settings,
) -> None:
    inner = APIRouter()
    inner.add_api_route("/undeclared", undeclared)
    outer = APIRouter()
    outer.include_router(inner, prefix="/inner")
    app = create_app(settings, [Extension(name="bad", router=outer)])
    with pytest.raises(UndeclaredRouteError, match=r"/api/v1/inner/undeclared"):
        async with run_app(app):
            pass


async def test_undeclared_plain_and_mounted_routes_stop_the_start(
    settings: Settings,
) -> None:
    app = create_app(settings)
    app.mount("/mounted", create_app(settings))
    with pytest.raises(UndeclaredRouteError, match="/mounted"):
        async with run_app(app):
            pass


async def token(claims: ClaimsDep) -> None:
    """A route that asks for a token."""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_unlimited_route_stops_the_start(settings: Settings, method: str) -> None:
    router = APIRouter(dependencies=[PUBLIC])
    router.add_api_route("/unlimited", undeclared, methods=["GET", method])
    app = create_app(settings, [Extension(name="bad", router=router)])
    with pytest.raises(UnlimitedRouteError, match=r"/api/v1/unlimited"):
        async with run_app(app):
            pass


async def test_declared_route_starts(settings: Settings) -> None:
    router = APIRouter(dependencies=[PUBLIC])
    router.add_api_route("/declared", undeclared)
    router.add_api_route("/token", token, methods=["POST"])
    router.add_api_route(
        "/limited", undeclared, methods=["POST"], dependencies=[CREDENTIALS]
    )
    async with run_app(create_app(settings, [Extension(name="good", router=router)])):
        pass
