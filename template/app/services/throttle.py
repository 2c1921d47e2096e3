"""Slows down whoever guesses passwords, over restarts and over every worker."""

import math

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import RateLimitError
from app.core.security import hash_token
from app.domain.events import LoginBlocked
from app.domain.throttle import count_attempt
from app.repositories.throttle import ThrottleRepository
from app.services.base import BaseService


class LoginThrottleService(BaseService):
    """Counts attempts by the name they are made under, whether or not it has an account."""

    def __init__(
        self, session: Session, throttles: ThrottleRepository, *, enabled: bool
    ) -> None:
        super().__init__(session)
        self.throttles = throttles
        self.enabled = enabled

    async def begin(self, name: str) -> None:
        """Count an attempt before it is made, and commit that.

        Counted afterwards, any number could be made at once. Raises `RateLimitError` when
        the name has to wait.
        """
        if not self.enabled:
            return
        name_hash, now = hash_token(name), utc_now()
        throttle = await self.throttles.hold(name_hash, now)
        wait = throttle.remaining(now).total_seconds()
        if wait > 0:
            self.record(LoginBlocked(user_id=None))
            await self.session.commit()
            raise RateLimitError(retry_after=math.ceil(wait))
        await self.throttles.replace(name_hash, count_attempt(throttle, now))
        await self.session.commit()

    async def forget(self, name: str) -> None:
        """Start again from none: the attempt turned out well."""
        if self.enabled:
            await self.throttles.forget(hash_token(name))
