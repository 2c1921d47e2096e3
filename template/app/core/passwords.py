"""Password hashes: Argon2id, in threads, no more at once than there are cores."""

import os

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.core.config import Settings


class PasswordHasher:
    """Hashes and checks passwords without holding up the event loop."""

    def __init__(self, settings: Settings) -> None:
        hasher = Argon2Hasher(
            memory_cost=settings.argon2_memory_kib,
            time_cost=settings.argon2_time_cost,
            parallelism=1,
        )
        self._hasher = PasswordHash((hasher,))
        # What an unknown user's password is checked against, so that the answer takes
        # as long as a known user's.
        self._nobody = self._hasher.hash(os.urandom(16))
        self._limiter = CapacityLimiter(os.cpu_count() or 1)

    async def hash(self, password: str) -> str:
        """Return the PHC string to store for `password`."""
        return await to_thread.run_sync(
            self._hasher.hash, password, limiter=self._limiter
        )

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `password` has the `stored` hash; with None, False after equal work."""
        matches = await to_thread.run_sync(
            self._hasher.verify, password, stored or self._nobody, limiter=self._limiter
        )
        return matches and stored is not None
