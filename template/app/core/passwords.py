"""Password hashes: Argon2id, in threads, no more at once than there are cores."""

import os
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, Unpack

from anyio import CapacityLimiter, Semaphore, move_on_after, to_thread
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from app.core.config import Settings
from app.core.exceptions import ServiceUnavailableError

ResultT = TypeVar("ResultT")
ArgumentTs = TypeVarTuple("ArgumentTs")

_PATIENCE_SECONDS = 5


class PasswordHasher:
    """Hashes and checks passwords without holding up the event loop.

    Who waits longer than `patience` seconds for a core gets `ServiceUnavailableError`.
    Hashes of bcrypt, which other systems bring along, are checked too.
    """

    def __init__(
        self, settings: Settings, *, patience: float = _PATIENCE_SECONDS
    ) -> None:
        hasher = Argon2Hasher(
            memory_cost=settings.argon2_memory_kib,
            time_cost=settings.argon2_time_cost,
            parallelism=1,
        )
        self._hasher = PasswordHash((hasher, BcryptHasher()))
        self._nobody = _nobodys_hash(settings)
        cores = os.cpu_count() or 1
        self._turn = Semaphore(cores)
        self._threads = CapacityLimiter(cores)
        self._patience = patience

    async def hash(self, password: str) -> str:
        """Return the PHC string to store for `password`."""
        return await self._in_turn(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `password` has the `stored` hash; with None, False after equal work."""
        matches, _ = await self.verify_and_update(password, stored)
        return matches

    async def verify_and_update(
        self, password: str, stored: str | None
    ) -> tuple[bool, str | None]:
        """Check like `verify`; with a match, also return a hash to store in its place.

        That is None unless the stored one is of another scheme or cost than today's.
        """
        matches, update = await self._in_turn(
            self._verify, password, stored or self._nobody
        )
        return matches and stored is not None, update

    def _verify(self, password: str, stored: str) -> tuple[bool, str | None]:
        try:
            return self._hasher.verify_and_update(password, stored)
        except (UnknownHashError, ValueError):
            # No scheme of ours, or more than the 72 bytes that bcrypt can take.
            return False, None

    async def _in_turn(
        self,
        work: Callable[[Unpack[ArgumentTs]], ResultT],
        *arguments: *ArgumentTs,
    ) -> ResultT:
        with move_on_after(self._patience) as waiting:
            await self._turn.acquire()
        if waiting.cancelled_caught:
            raise ServiceUnavailableError
        try:
            return await to_thread.run_sync(work, *arguments, limiter=self._threads)
        finally:
            self._turn.release()


def _nobodys_hash(settings: Settings) -> str:
    """What an unknown user's password is checked against.

    The answer takes as long as a known user's, for the costs are said to be the same. The
    hash is made cheaply: no password has it anyway, and a start is a twentieth shorter.
    """
    cheap = Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)
    cost = f"m={settings.argon2_memory_kib},t={settings.argon2_time_cost}"
    return cheap.hash(os.urandom(16)).replace("m=8,t=1", cost)
