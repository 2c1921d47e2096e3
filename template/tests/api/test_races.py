"""Many at once, on a database where commits are real."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.passwords import PasswordHasher
from app.models.session import RefreshToken, UserSession
from app.models.user import User
from tests.clients import API, bearer, login, refresh, register, sign_in
from tests.harness import PASSWORD, LiveClient, promote


async def count(url: str, model: type) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        rows = await connection.scalar(select(func.count()).select_from(model))
    await engine.dispose()
    return rows or 0


async def test_of_many_refreshes_with_one_token_one_succeeds(
    live_client: LiveClient, own_database: str
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        tokens = await sign_in(client, "ada@example.com")
        for rotation in range(1, 4):
            answers = await asyncio.gather(
                *(refresh(client, tokens) for _ in range(25))
            )
            statuses = Counter(answer.status_code for answer in answers)
            assert statuses == {200: 1, 401: 24}
            assert await count(own_database, RefreshToken) == rotation + 1
            tokens = next(a for a in answers if a.status_code == 200).json()


async def test_of_many_registrations_of_one_address_one_makes_an_account(
    live_client: LiveClient, own_database: str
) -> None:
    spellings = ["ada@example.com", "ADA@example.com", "Ada@Example.COM"]
    async with live_client() as client:
        answers = await asyncio.gather(
            *(register(client, email) for email in spellings * 10)
        )
    assert {answer.status_code for answer in answers} == {202}
    assert await count(own_database, User) == 1


async def test_of_many_creations_of_one_address_one_succeeds(
    live_client: LiveClient, own_database: str
) -> None:
    async with live_client() as client:
        await register(client, "root@example.com")
        await promote(own_database)
        headers = bearer(await sign_in(client, "root@example.com"))
        body = {"email": "ada@example.com"}
        answers = await asyncio.gather(
            *(
                client.post(f"{API}/users", json=body, headers=headers)
                for _ in range(20)
            )
        )
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {201: 1, 409: 19}


async def test_many_ways_out_at_once_do_not_wait_for_each_other_in_a_circle(
    live_client: LiveClient,
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        signed_in = [await sign_in(client, "ada@example.com") for _ in range(8)]
        answers = await asyncio.gather(
            *(
                client.post(f"{API}/auth/logout-all", headers=bearer(tokens))
                for tokens in signed_in
            )
        )
        assert {answer.status_code for answer in answers} == {204}


async def test_deletion_amid_refreshes_succeeds(live_client: LiveClient) -> None:
    async with live_client() as client:
        for _ in range(5):
            await register(client, "ada@example.com")
            signed_in = [await sign_in(client, "ada@example.com") for _ in range(5)]
            answers = await asyncio.gather(
                *(refresh(client, tokens) for tokens in signed_in),
                client.delete(f"{API}/users/me", headers=bearer(signed_in[0])),
            )
            assert answers[-1].status_code == 204
            assert {answer.status_code for answer in answers} <= {200, 204, 401}


async def test_sign_in_with_the_old_password_does_not_outlive_its_change(
    live_client: LiveClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = PasswordHasher.verify_and_update
    change = {"current_password": PASSWORD, "new_password": "a much better one"}
    async with live_client() as client:
        await register(client, "ada@example.com")
        headers = bearer(await sign_in(client, "ada@example.com"))

        async def change_after_verifying(
            self: PasswordHasher, password: str, stored: str | None
        ) -> tuple[bool, str | None]:
            matches = await verify(self, password, stored)
            monkeypatch.undo()
            url = f"{API}/users/me/password"
            changed = await client.post(url, json=change, headers=headers)
            assert changed.status_code == 204
            return matches

        monkeypatch.setattr(PasswordHasher, "verify_and_update", change_after_verifying)
        assert (await login(client, "ada@example.com")).status_code == 401


async def test_of_two_password_changes_at_once_one_succeeds(
    live_client: LiveClient,
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        headers = bearer(await sign_in(client, "ada@example.com"))
        answers = await asyncio.gather(
            *(
                client.post(
                    f"{API}/users/me/password",
                    json={"current_password": PASSWORD, "new_password": new},
                    headers=headers,
                )
                for new in ("first new password", "second new password")
            )
        )
        assert sorted(answer.status_code for answer in answers) in (
            [204, 403],
            [204, 409],
        )


async def test_sign_in_does_not_outlive_the_disabling_of_its_user(
    live_client: LiveClient, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine(own_database)
    verify = PasswordHasher.verify_and_update

    async def disable_after_verifying(
        self: PasswordHasher, password: str, stored: str | None
    ) -> tuple[bool, str | None]:
        answer = await verify(self, password, stored)
        async with engine.begin() as connection:
            await connection.execute(update(User).values(is_active=False))
        return answer

    async with live_client() as client:
        await register(client, "ada@example.com")
        monkeypatch.setattr(
            PasswordHasher, "verify_and_update", disable_after_verifying
        )
        assert (await login(client, "ada@example.com")).status_code == 401
    await engine.dispose()
    assert await count(own_database, UserSession) == 0


async def test_of_many_deletions_of_one_user_one_succeeds(
    live_client: LiveClient,
) -> None:
    async with live_client() as client:
        await register(client, "ada@example.com")
        headers = bearer(await sign_in(client, "ada@example.com"))
        answers = await asyncio.gather(
            *(client.delete(f"{API}/users/me", headers=headers) for _ in range(8))
        )
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[204] == 1
    assert set(statuses) <= {204, 401, 404}


async def test_two_sign_ins_with_an_old_hash_both_succeed(
    live_client: LiveClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = PasswordHasher.verify_and_update
    both = asyncio.Barrier(2)

    async def verify_together(
        self: PasswordHasher, password: str, stored: str | None
    ) -> tuple[bool, str | None]:
        matches, update = await verify(self, password, stored)
        if update is not None:
            await both.wait()
        return matches, update

    async with live_client() as client:
        await register(client, "ada@example.com")
    monkeypatch.setattr(PasswordHasher, "verify_and_update", verify_together)
    async with live_client(argon2_memory_kib=64) as client:
        answers = await asyncio.gather(
            *(login(client, "ada@example.com") for _ in range(2))
        )
    assert {answer.status_code for answer in answers} == {200}
