"""Conditions: for which answers something is there."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from combinations.source import Answers, Value

Domains = Mapping[str, list[Value]]
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Condition:
    """True for the answers whose values of `names` are one of `rows`."""

    names: tuple[str, ...]
    rows: frozenset[Row]

    def holds(self, answers: Mapping[str, Value]) -> bool:
        """Whether it is true for these answers."""
        return tuple(answers[name] for name in self.names) in self.rows

    @cached_property
    def number(self) -> int:
        """A hash that is computed once."""
        return hash((self.names, self.rows))

    def __hash__(self) -> int:
        return self.number


ALWAYS = Condition((), frozenset({()}))


def assignments(names: Iterable[str], domains: Domains) -> Iterator[Answers]:
    """Every way to answer these questions."""
    names = sorted(names)
    for values in itertools.product(*(domains[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def where(names: Iterable[str], found: Iterable[Mapping[str, Value]]) -> Condition:
    """The condition that is true for these answers to `names`."""
    order = tuple(sorted(names))
    return Condition(order, frozenset(tuple(each[name] for name in order) for each in found))


def extended(condition: Condition, names: Iterable[str], domains: Domains) -> Iterator[Answers]:
    """Each way to answer `names` too where the condition is true."""
    more = sorted(set(names) - set(condition.names))
    for row in condition.rows:
        for values in itertools.product(*(domains[name] for name in more)):
            yield dict(zip((*condition.names, *more), (*row, *values), strict=True))


def both(one: Condition, other: Condition, domains: Domains) -> Condition:
    """True where both are."""
    if one in (ALWAYS, other):
        return other
    if other == ALWAYS:
        return one
    names = {*one.names, *other.names}
    return where(names, filter(other.holds, extended(one, names, domains)))


def counterexample(
    need: Condition, providers: Iterable[Condition], domains: Domains
) -> Answers | None:
    """Answers for which `need` is true and none of `providers` is, if there are any.

    Only answers that one of them reads are looked at: no other can make a difference. So
    this is about every combination, whatever else is asked.
    """
    providers = list(providers)
    if ALWAYS in providers or need in providers:
        return None
    names = {name for each in providers for name in each.names}
    for answers in extended(need, names, domains):
        if not any(each.holds(answers) for each in providers):
            return answers
    return None
