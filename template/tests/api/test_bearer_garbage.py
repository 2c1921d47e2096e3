"""Whatever comes behind `Bearer` that is no token."""

from httpx2 import AsyncClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.clients import API


@given(value=st.binary(max_size=200))
@hypothesis_settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_garbage_in_the_header_is_refused(
    client: AsyncClient, value: bytes
) -> None:
    headers = [(b"Authorization", b"Bearer " + value)]
    response = await client.get(f"{API}/users/me", headers=headers)
    assert response.status_code == 401


async def test_garbage_that_looks_like_a_token_is_refused(client: AsyncClient) -> None:
    for token in ("a.b.c", "..", "a" * 10_000, "eyJhbGciOiJIUzI1NiJ9.e30.", "ä.ö.ü"):
        headers = [(b"Authorization", b"Bearer " + token.encode())]
        response = await client.get(f"{API}/users/me", headers=headers)
        assert response.status_code == 401
