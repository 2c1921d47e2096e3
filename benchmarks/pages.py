"""Lists: what a page costs by how many users there are, and by how deep it is."""

import base64
from uuid import UUID

from benchmarks.parts import Row, Say, row
from benchmarks.rounds import ratio, run
from benchmarks.services import installed

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PAGE = 20


def measure(say: Say) -> list[Row]:
    """Compare the first page with the last, of up to a million users."""
    rows: list[Row] = []
    with installed("postgresql", users=0) as service:
        there = 0
        for size in SIZES:
            service.database.fill(size - there, after=there)
            there = size
            with service.serving() as running:
                token = running.sign_in()
                deep = f"/users?cursor={_cursor(size - PAGE)}"
                targets = {
                    "first": running.target("/users", token),
                    "last": running.target(deep, token),
                }
                samples = run(targets, say, rounds=5, seconds=2)
            # The other way round: what it costs, not how fast it is.
            spread = ratio(samples["first"], samples["last"])
            rows.append(
                row(
                    f"page {size // PAGE:,} of {size:,} users",
                    spread.median,
                    "x page 1",
                    spread=(spread.low, spread.high),
                    goal="<= 1.2" if size == SIZES[-1] else "",
                )
            )
    return rows


def _cursor(number: int) -> str:
    """The cursor to the page behind the user of this number."""
    id_ = UUID(f"01900000-0000-7000-8000-{number:012x}")
    return base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")
