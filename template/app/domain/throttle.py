"""How long a name must wait after failed sign-ins.

Ten failures are free; each one after that doubles the wait, up to an hour (OWASP ASVS 5.0,
6.3.1). Nobody is locked out for good: the wait ends, and so does it with a new password
chosen through a mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MEMORY = timedelta(hours=1)
"""How long after the last failure, or the end of its wait, all is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """What is known of the failures under one name."""

    failures: int
    blocked_until: datetime | None
    expires_at: datetime

    def remaining(self, now: datetime) -> timedelta:
        """How long the next attempt has to wait; zero or less when it need not."""
        return (self.blocked_until or now) - now


def count_attempt(throttle: Throttle, now: datetime) -> Throttle:
    """Count an attempt that begins at `now` as a failure, until it turns out well."""
    failures = throttle.failures + 1 if throttle.expires_at > now else 1
    blocked_until = None
    if failures >= FREE_FAILURES:
        doublings = min(failures - FREE_FAILURES, 16)
        blocked_until = now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return Throttle(
        failures=failures,
        blocked_until=blocked_until,
        expires_at=(blocked_until or now) + MEMORY,
    )
