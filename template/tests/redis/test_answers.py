"""Public answers that are kept for everybody."""

from collections import Counter

from fastapi import APIRouter

from app.api.access import PUBLIC
from app.api.caching import cache
from app.application import create_app
from app.core.extension import Extension
from app.registry import EXTENSIONS
from tests.clients import API
from tests.harness import make_client, make_settings, run_app, with_resources

MADE: Counter[int] = Counter()


@cache(expire=60)
async def tell(size: int = 1) -> dict[str, int]:
    """What depends on path and query."""
    MADE[size] += 1
    return {"size": size}


async def test_each_query_of_the_route_has_its_answer_made_once(
    own_database: str,
) -> None:
    router = APIRouter(dependencies=[PUBLIC])
    router.add_api_route("/sizes", tell)
    extensions = [*EXTENSIONS, Extension(name="sizes", router=router)]
    app = create_app(make_settings(own_database), extensions)
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        for query, size in (("", 1), ("?size=2", 2), ("?other=3", 1), ("?size=2", 2)):
            response = await client.get(f"{API}/sizes{query}")
            assert response.json() == {"size": size}
            tag = {"If-None-Match": response.headers["ETag"]}
            again = await client.get(f"{API}/sizes{query}", headers=tag)
            assert again.status_code == 304
    assert MADE == {1: 1, 2: 1}
