"""Requests in numbers, and what becomes of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

from httpx2 import AsyncClient, Response, TransportError

NO_ANSWER = 0


@dataclass
class Answers:
    """What requests were answered with, and how long the slowest took in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    worst: float = 0
    responses: list[Response] = field(default_factory=list)

    async def add(self, request: Awaitable[Response]) -> Response | None:
        """Wait for an answer and count it; None when the connection breaks instead."""
        started = monotonic()
        try:
            response = await request
        except TransportError:
            self.statuses[NO_ANSWER] += 1
            return None
        finally:
            self.worst = max(self.worst, monotonic() - started)
        self.statuses[response.status_code] += 1
        self.responses.append(response)
        return response

    def figures(self) -> str:
        """The row of the table that ends the run."""
        by_code = ", ".join(
            f"{count} x {status or 'no answer'}"
            for status, count in sorted(self.statuses.items())
        )
        return f"{self.statuses.total()} | {by_code} | {self.worst:.2f} s"


async def at_once(count: int, request: Callable[[int], Awaitable[Response]]) -> Answers:
    """Make `count` requests in parallel."""
    answers = Answers()
    await asyncio.gather(*(answers.add(request(number)) for number in range(count)))
    return answers


@dataclass
class Writers:
    """Make one account after the other, and remember those that were acknowledged."""

    client: AsyncClient
    answers: Answers = field(default_factory=Answers)
    acknowledged: set[str] = field(default_factory=set)
    stopping: bool = False

    async def write(self) -> None:
        """Make accounts until it is enough."""
        while not self.stopping:
            email = f"{uuid4().hex}@example.com"
            request = self.client.post("/users", json={"email": email})
            response = await self.answers.add(request)
            if response is None:
                await asyncio.sleep(0.02)
            elif response.status_code == 201:
                self.acknowledged.add(email)


@asynccontextmanager
async def writing(client: AsyncClient, count: int) -> AsyncIterator[Writers]:
    """Have `count` writers at work for as long as the block lasts."""
    writers = Writers(client)
    tasks = [asyncio.create_task(writers.write()) for _ in range(count)]
    try:
        yield writers
    finally:
        writers.stopping = True
        await asyncio.gather(*tasks)
