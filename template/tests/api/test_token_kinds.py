"""Each kind of token opens its own door and no other."""

import pytest
from httpx2 import AsyncClient

from tests.clients import forgot, read_me, refresh, register, reset, sign_in, verify
from tests.mailbox import Mailbox

ADA = "ada@example.com"


@pytest.fixture
async def tokens(client: AsyncClient, mailbox: Mailbox) -> dict[str, str]:
    """A fresh token of every kind, all of one user."""
    await register(client, ADA)
    verification = await mailbox.token(ADA)
    await forgot(client, ADA)
    pair = await sign_in(client, ADA)
    return {
        "access": pair["access_token"],
        "refresh": pair["refresh_token"],
        "reset": await mailbox.token(ADA),
        "verify": verification,
    }


async def knock(client: AsyncClient, door: str, token: str) -> int:
    doors = {
        "access": lambda: read_me(client, {"access_token": token}),
        "refresh": lambda: refresh(client, {"refresh_token": token}),
        "reset": lambda: reset(client, token),
        "verify": lambda: verify(client, token),
    }
    return (await doors[door]()).status_code


REFUSALS = {"access": 401, "refresh": 401, "reset": 400, "verify": 400}


@pytest.mark.parametrize("door", REFUSALS)
async def test_no_token_opens_the_door_of_another_kind(
    client: AsyncClient, tokens: dict[str, str], door: str
) -> None:
    for kind, token in tokens.items():
        if kind != door:
            assert await knock(client, door, token) == REFUSALS[door], kind
    assert await knock(client, door, tokens[door]) in {200, 204}
