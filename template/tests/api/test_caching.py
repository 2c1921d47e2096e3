"""Public answers that may be kept, by whom, and for how long."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Header
from httpx2 import AsyncClient

from app.api.access import PUBLIC
from app.api.caching import UnkeepableRouteError, cache
from app.api.dependencies import CurrentUser
from app.api.limits import CREDENTIALS
from app.application import create_app
from app.core.extension import Extension
from tests.clients import API
from tests.harness import make_client, make_settings, run_app, with_resources

ROLES = f"{API}/roles"


async def test_a_public_answer_has_a_tag_and_who_has_it_gets_304(
    client: AsyncClient,
) -> None:
    first = await client.get(ROLES)
    assert first.json()["items"][0] == {"name": "user", "permissions": ["account"]}
    assert first.headers["Cache-Control"] == "public, max-age=300"
    tag = first.headers["ETag"]
    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await client.get(ROLES, headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    for header in ('"x"', tag.strip('"'), ""):
        again = await client.get(ROLES, headers={"If-None-Match": header})
        assert (again.status_code, again.json()) == (200, first.json())


async def test_what_is_personal_is_not_kept(client: AsyncClient) -> None:
    response = await client.get(f"{API}/auth/sessions")
    assert response.headers["Cache-Control"] == "no-store"


@cache(expire=60)
async def tell(size: int = 1) -> dict[str, int]:
    """What depends on path and query."""
    return {"size": size}


async def test_the_answer_depends_on_the_query_of_the_route(
    own_database: str,
) -> None:
    router = APIRouter(dependencies=[PUBLIC])
    router.add_api_route("/sizes", tell)
    app = create_app(
        make_settings(own_database), [Extension(name="sizes", router=router)]
    )
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        for query, size in (("", 1), ("?size=2", 2), ("?other=3", 1), ("?size=3", 3)):
            response = await client.get(f"{API}/sizes{query}")
            assert response.json() == {"size": size}
        assert (await client.get(f"{API}/sizes?size=x")).status_code == 422


@cache(expire=60)
async def greet(user: CurrentUser) -> str:
    """What depends on who asks."""
    return user.email


@cache(expire=60)
async def translate(accept_language: Annotated[str, Header()] = "") -> str:
    """What depends on a header."""
    return accept_language


@pytest.mark.parametrize(
    ("endpoint", "method"), [(greet, "GET"), (translate, "GET"), (tell, "POST")]
)
async def test_what_must_not_be_kept_stops_the_start(
    own_database: str, endpoint: Callable[..., Any], method: str
) -> None:
    router = APIRouter(dependencies=[PUBLIC, CREDENTIALS])
    router.add_api_route("/kept", endpoint, methods=[method])
    app = create_app(make_settings(own_database), [Extension(name="k", router=router)])
    with pytest.raises(UnkeepableRouteError, match="/api/v1/kept"):
        async with run_app(app):
            pass
