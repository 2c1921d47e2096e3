import asyncio
import os
import threading
from time import sleep

import pytest

from app.core.config import Settings
from app.core.exceptions import ServiceUnavailableError
from app.core.passwords import PasswordHasher


@pytest.fixture
def hasher(settings: Settings) -> PasswordHasher:
    return PasswordHasher(settings)


async def test_hash_is_argon2id_with_the_given_cost(settings: Settings) -> None:
    cost = {"argon2_memory_kib": 64, "argon2_time_cost": 2}
    hasher = PasswordHasher(settings.model_copy(update=cost))
    stored = await hasher.hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=64,t=2,p=1$")


async def test_only_the_right_password_verifies(hasher: PasswordHasher) -> None:
    long = "x" * 127
    stored = await hasher.hash(long + "a")
    assert await hasher.verify(long + "a", stored)
    assert not await hasher.verify(long + "b", stored)
    assert not await hasher.verify(long, stored)


async def test_unknown_user_costs_one_verification_and_never_matches(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def verify(password: str, stored: str) -> tuple[bool, None]:
        calls.append(stored)
        return True, None

    monkeypatch.setattr(hasher._hasher, "verify_and_update", verify)  # noqa: SLF001 - counted, not run
    assert not await hasher.verify("correct horse", None)
    assert await hasher.verify("correct horse", "stored")
    assert len(calls) == 2
    assert calls[0].startswith("$argon2id$")


async def test_an_unknown_users_password_is_as_dear_to_check(
    settings: Settings,
) -> None:
    cost = {"argon2_memory_kib": 64, "argon2_time_cost": 2}
    hasher = PasswordHasher(settings.model_copy(update=cost))
    nobodys = hasher._nobody  # noqa: SLF001 - there is no account that it belongs to
    stored = await hasher.hash("correct horse")
    *costs, salt, digest = nobodys.split("$")
    *same_costs, other_salt, other_digest = stored.split("$")
    assert costs == same_costs
    assert (len(salt), len(digest)) == (len(other_salt), len(other_digest))


async def test_no_more_at_once_than_there_are_cores_and_the_loop_stays_free(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, running, peak = threading.Lock(), 0, 0

    def slow_hash(_: str) -> str:
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        sleep(0.05)
        with lock:
            running -= 1
        return ""

    monkeypatch.setattr(hasher._hasher, "hash", slow_hash)  # noqa: SLF001 - slow on purpose
    cores = os.cpu_count() or 1
    hashes = asyncio.gather(*(hasher.hash("") for _ in range(cores * 3)))
    ticks = 0
    while not hashes.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert peak == cores
    assert ticks >= 5


async def test_who_waits_too_long_for_a_core_is_told_to_come_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = PasswordHasher(settings, patience=0.02)
    go_on = threading.Event()
    monkeypatch.setattr(hasher._hasher, "hash", lambda _: str(go_on.wait(2)))  # noqa: SLF001 - slow on purpose
    busy = [asyncio.create_task(hasher.hash("")) for _ in range(os.cpu_count() or 1)]
    await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailableError):
        await hasher.hash("")
    go_on.set()
    assert set(await asyncio.gather(*busy)) == {"True"}
    assert await hasher.hash("") == "True"


async def test_hash_of_an_unknown_scheme_matches_nothing(
    hasher: PasswordHasher,
) -> None:
    assert not await hasher.verify("correct horse", "md5$of-old")
