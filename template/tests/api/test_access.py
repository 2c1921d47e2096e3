"""Who may call what."""

from collections import defaultdict
from datetime import timedelta

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select

from app.api.access import PUBLIC, UndeclaredRouteError, UnlimitedRouteError
from app.api.dependencies import ClaimsDep
from app.api.limits import CREDENTIALS
from app.application import create_app
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.database import Session
from app.core.extension import Extension
from app.core.resources import Resources
from app.domain.permission import Role
from app.models.session import UserSession
from tests.clients import API, bearer, sign_in
from tests.harness import MakeUser, run_app
from tests.tables import rows

Headers = dict[str, str]

# For each route the answer to a stranger, to an expired token, to another user, to an
# administrator, and to the user whom the ids in the path belong to.
EXPECTED = {
    "GET /health/live": (200, 200, 200, 200, 200),
    "GET /health/ready": (200, 200, 200, 200, 200),
    "POST /auth/register": (422, 422, 422, 422, 422),
    "POST /auth/login": (422, 422, 422, 422, 422),
    "POST /auth/refresh": (422, 422, 422, 422, 422),
    "POST /auth/logout": (401, 401, 204, 204, 204),
    "POST /auth/logout-all": (401, 401, 204, 204, 204),
    "POST /auth/password/forgot": (422, 422, 422, 422, 422),
    "POST /auth/password/reset": (422, 422, 422, 422, 422),
    "POST /auth/verify-email": (422, 422, 422, 422, 422),
    "POST /auth/verify-email/resend": (422, 422, 422, 422, 422),
    "GET /auth/sessions": (401, 401, 200, 200, 200),
    "DELETE /auth/sessions/{session_id}": (401, 401, 404, 404, 204),
    "GET /users/me": (401, 401, 200, 200, 200),
    "PATCH /users/me": (401, 401, 422, 422, 422),
    "DELETE /users/me": (401, 401, 204, 409, 204),
    "POST /users/me/password": (401, 401, 422, 422, 422),
    "GET /roles": (200, 200, 200, 200, 200),
    "GET /users": (401, 401, 403, 200, 403),
    "POST /users": (401, 401, 403, 422, 403),
    "GET /users/{user_id}": (401, 401, 403, 200, 403),
    "PATCH /users/{user_id}": (401, 401, 403, 422, 403),
    "DELETE /users/{user_id}": (401, 401, 403, 204, 401),
    "DELETE /users/{user_id}/sessions": (401, 401, 403, 204, 401),
    # yours
}
for more in rows("ACCESS"):
    EXPECTED |= more


async def test_every_route_has_an_expectation(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    routes = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert routes == set(EXPECTED), "each route has its row in EXPECTED"


@pytest.fixture
async def callers(
    client: AsyncClient,
    make_user: MakeUser,
    running: tuple[FastAPI, Resources],
    session: Session,
) -> tuple[list[Headers], dict[str, str]]:
    """The headers of each caller of the table, and the owner's ids."""
    tokens = running[1].access_tokens
    others = [await make_user(), await make_user("root@example.com", Role.ADMIN)]
    owner = await make_user("owner@example.com")
    headers = [bearer(await sign_in(client, u.email)) for u in (*others, owner)]
    find_session = select(UserSession.id).where(UserSession.user_id == owner.id)
    session_id = await session.scalar(find_session)
    assert session_id is not None
    expired = tokens.issue(
        user_id=owner.id,
        session_id=session_id,
        email=owner.email,
        now=utc_now() - timedelta(hours=1),
    )
    known = {"user_id": str(owner.id), "session_id": str(session_id)}
    ids = defaultdict(lambda: "nothing", known)
    return [{}, bearer({"access_token": expired}), *headers], ids


@pytest.mark.parametrize("route", EXPECTED)
async def test_each_caller_gets_the_expected_answer(
    client: AsyncClient, callers: tuple[list[Headers], dict[str, str]], route: str
) -> None:
    headers, ids = callers
    method, path = route.split()
    url = API + path.format_map(ids)
    answers = [await client.request(method, url, headers=h) for h in headers]
    assert tuple(answer.status_code for answer in answers) == EXPECTED[route]


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
