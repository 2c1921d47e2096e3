"""Limits of single routes, beside the one that holds for all of them."""

import asyncio

from fastapi import Request
from fastapi.params import Depends
from limits import RateLimitItemPerMinute

from app.api.dependencies import ResourcesDep
from app.core.rate_limit import client_of

ALL_SIGN_INS = RateLimitItemPerMinute(1000)
"""Sign-ins of all clients together.

Each hashes a password, the most expensive thing a stranger can ask for: a thousand take
about half of one core for that minute. It bounds what many addresses together can take.
"""


async def limit_credentials(request: Request, resources: ResourcesDep) -> None:
    """Count the request under the path of its route, apart from every other route's."""
    await resources.rate_limiter.hit(
        resources.settings.rate_limit_credentials,
        request.scope["route"].path,
        client_of(request.scope),
    )


async def _limit_all_sign_ins(resources: ResourcesDep) -> None:
    await resources.rate_limiter.hit(ALL_SIGN_INS, "sign-ins", "everybody")


CREDENTIALS = Depends(limit_credentials)
"""For `dependencies=[...]` of a route that takes a password, a token or an address."""

SIGN_INS = Depends(_limit_all_sign_ins)
"""For `dependencies=[...]` of a route that hashes a password, after `CREDENTIALS`."""


def deadline(seconds: float) -> Depends:
    """For `dependencies=[...]` of a route with a deadline of its own, in seconds."""

    async def move(request: Request) -> None:
        now = asyncio.get_running_loop().time()
        request.state.deadline.reschedule(now + seconds)

    return Depends(move)
