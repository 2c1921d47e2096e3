"""The parts of the run, and what each gives: lines of a table."""

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

RESULTS = Path(__file__).parent / "results.json"
PARTS = ("postgresql", "sqlite", "redis", "pages", "login", "processes", "rendering", "options")

Say = Callable[[str], None]


class Row(TypedDict):
    """One figure with its spread, and what it should be."""

    what: str
    value: float
    low: float
    high: float
    unit: str
    goal: str
    detail: str


def row(
    what: str,
    value: float,
    unit: str,
    *,
    spread: tuple[float, float] | None = None,
    goal: str = "",
    detail: str = "",
) -> Row:
    """Put a line together."""
    low, high = spread or (value, value)
    return Row(what=what, value=value, low=low, high=high, unit=unit, goal=goal, detail=detail)
