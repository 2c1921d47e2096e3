"""Covering arrays: few combinations in which any two, or three, answers occur together."""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product

Value = str | bool
Row = dict[str, Value]
Factors = dict[str, list[Value]]
Together = frozenset[tuple[str, Value]]
"""Answers that occur together."""

Allowed = Callable[[Row], bool]
"""Whether some answers, the others open, go together."""


def interactions(factors: Factors, strength: int, is_allowed: Allowed) -> list[Together]:
    """Every ``strength`` answers to different questions that go together, in order."""
    found = []
    for names in combinations(factors, strength):
        for values in product(*(factors[name] for name in names)):
            answers = dict(zip(names, values, strict=True))
            if is_allowed(answers):
                found.append(frozenset(answers.items()))
    return found


def occurring(row: Row, strength: int) -> Iterator[Together]:
    """What occurs together in a row."""
    return map(frozenset, combinations(row.items(), strength))


def covering_array(
    factors: Factors,
    strength: int,
    first: Iterable[Row],
    is_allowed: Allowed,
) -> list[Row]:
    """Rows, the ``first`` ones completed, in which every interaction occurs.

    Greedy, so not the fewest there are, and the same in each run. An answer that ``first``
    leaves open is filled in as in any other row.
    """
    # A dict as an ordered set: what is chosen must not depend on hashes.
    missing = dict.fromkeys(interactions(factors, strength, is_allowed))
    rows: list[Row] = []
    starts = list(first)
    while starts or missing:
        start = starts.pop(0) if starts else dict(next(iter(missing)))
        row = _completed(start, factors, strength, missing, is_allowed)
        rows.append(row)
        for together in occurring(row, strength):
            missing.pop(together, None)
    return rows


def _completed(
    start: Row,
    factors: Factors,
    strength: int,
    missing: dict[Together, None],
    is_allowed: Allowed,
) -> Row:
    row = dict(start)
    for name, values in factors.items():
        if name in row:
            continue
        options = [value for value in values if is_allowed({**row, name: value})]
        assert options, f"no answer to {name} goes with {row}"
        gains = [_gain(row, name, value, strength, missing) for value in options]
        row[name] = options[gains.index(max(gains))]
    return {name: row[name] for name in factors}


def _gain(row: Row, name: str, value: Value, strength: int, missing: dict[Together, None]) -> int:
    others = combinations(row.items(), strength - 1)
    return sum(frozenset({(name, value), *other}) in missing for other in others)
