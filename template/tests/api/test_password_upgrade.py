"""Hashes of another time or system are replaced when their owner signs in."""

from collections.abc import Callable

import pytest
from httpx2 import AsyncClient
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher
from sqlalchemy import select, update

from app.core.database import Session
from app.models.user import User
from tests.clients import login
from tests.harness import PASSWORD, MakeUser


def weak_argon2(password: str) -> str:
    return Argon2Hasher(memory_cost=16, time_cost=1, parallelism=2).hash(password)


def of_bcrypt(password: str) -> str:
    stored: str = BcryptHasher(rounds=4).hash(password)
    return stored


async def read_hash(session: Session) -> str:
    stored: str | None = await session.scalar(select(User.password_hash))
    assert stored is not None
    return stored


@pytest.mark.parametrize("scheme", [weak_argon2, of_bcrypt])
async def test_old_hash_is_checked_and_replaced_at_sign_in(
    client: AsyncClient,
    make_user: MakeUser,
    session: Session,
    scheme: Callable[[str], str],
) -> None:
    user = await make_user()
    await session.execute(update(User).values(password_hash=scheme(PASSWORD)))
    await session.commit()
    assert (await login(client, user.email, "wrong")).status_code == 401
    assert not (await read_hash(session)).startswith("$argon2id$v=19$m=8,")
    assert (await login(client, user.email)).status_code == 200
    upgraded = await read_hash(session)
    assert upgraded.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert (await login(client, user.email)).status_code == 200
    assert await read_hash(session) == upgraded


async def test_password_longer_than_bcrypt_takes_is_refused_not_cut(
    client: AsyncClient, make_user: MakeUser, session: Session
) -> None:
    user = await make_user()
    cut = "x" * 72
    await session.execute(update(User).values(password_hash=of_bcrypt(cut)))
    await session.commit()
    assert (await login(client, user.email, cut + "y")).status_code == 401
    assert (await login(client, user.email, cut)).status_code == 200
