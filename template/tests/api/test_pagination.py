"""Pages: whatever their size, together they are the whole, each item once."""

import pytest
from httpx2 import AsyncClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.clients import API
from tests.harness import MakeUser

Headers = dict[str, str]

# With what matters to LIKE, each a part of an address that no other one has.
ODD = ["a%b", "a_b", "a/b", "axb"]


@pytest.fixture
async def everybody(
    client: AsyncClient, admin: Headers, make_user: MakeUser
) -> list[str]:
    """The addresses, oldest first."""
    addresses = [f"{text}@example.com" for text in ODD]
    for address in addresses:
        await make_user(address, password=None)
    return ["root@example.com", *addresses]


async def walk(
    client: AsyncClient, admin: Headers, params: dict[str, str], limits: list[int]
) -> list[str]:
    """The addresses of all pages; the limits take turns."""
    found: list[str] = []
    for turn in range(20):
        limit = limits[turn % len(limits)]
        response = await client.get(
            f"{API}/users", params=params | {"limit": str(limit)}, headers=admin
        )
        page = response.json()
        assert 0 < len(page["items"]) <= limit
        found += [user["email"] for user in page["items"]]
        if page["next_cursor"] is None:
            break
        params = params | {"cursor": page["next_cursor"]}
    return found


@given(
    limits=st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 100]), min_size=1, max_size=4)
)
@hypothesis_settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_pages_partition_the_users_whatever_the_limits(
    client: AsyncClient, admin: Headers, everybody: list[str], limits: list[int]
) -> None:
    assert await walk(client, admin, {}, limits) == everybody


@pytest.mark.parametrize("text", ODD)
async def test_search_takes_every_character_for_itself(
    client: AsyncClient, admin: Headers, everybody: list[str], text: str
) -> None:
    assert await walk(client, admin, {"q": text}, [1]) == [f"{text}@example.com"]


BAD = {
    "limit": [
        "-1",
        "0",
        "101",
        "1" + "0" * 20,
        "1e3",
        "1.5",
        "",
        "x",
        "NaN",
        "9" * 5000,
    ],
    "cursor": ["", "x", "A" * 21, "A" * 23, "=" * 22, "ä" * 22],
    "q": ["", "x" * 101, "nul\0"],
}


async def test_bad_page_parameters_are_refused(
    client: AsyncClient, admin: Headers
) -> None:
    for name, values in BAD.items():
        for value in values:
            response = await client.get(
                f"{API}/users", params={name: value}, headers=admin
            )
            assert response.status_code == 422, (name, value[:30])
            assert response.json()["details"][0]["loc"] == ["query", name]


async def test_cursor_of_nobody_is_a_place_like_any_other(
    client: AsyncClient, admin: Headers, everybody: list[str]
) -> None:
    assert await walk(client, admin, {"cursor": "A" * 22}, [100]) == everybody
