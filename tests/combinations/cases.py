"""The answers that a file is rendered for, and what they say of all the others."""

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from combinations.conditions import ALWAYS, Condition, Domains, assignments, where
from combinations.source import Answers, Value

Kinds = Mapping[str, Mapping[Value, Value]]


class Cases:
    """Every answer that makes a difference to a file: `rows` of them.

    `kinds` has, for each question it depends on, each answer and the first that makes no
    difference to it. Where that makes more than `limit` rows the file has to be a sum of what
    options add; then `rows` are the terms, and all pairs of them, for all the answers that it
    reads `direct`: no other content says more.
    """

    def __init__(
        self, path: str, kinds: Kinds, direct: Collection[str], domains: Domains, *, limit: int
    ) -> None:
        self.path = path
        self.kinds = kinds
        self.direct = direct
        self.domains = domains
        self.limit = limit
        self._conditions: dict[frozenset[int], list[Condition]] = {}

    @cached_property
    def axes(self) -> dict[str, list[Value]]:
        """Question -> the answers to compare, the default's kind first."""
        return {name: list(dict.fromkeys(kinds.values())) for name, kinds in self.kinds.items()}

    @cached_property
    def is_whole(self) -> bool:
        """Whether the rows are all there are, and not the terms of a sum."""
        total = 1
        for values in self.axes.values():
            total *= len(values)
        return total <= self.limit

    @cached_property
    def rows(self) -> list[Answers]:
        """The answers."""
        direct = [name for name in self.axes if name in self.direct or self.is_whole]
        terms = {name: values for name, values in self.axes.items() if name not in direct}
        found = (
            dict(zip(direct, values, strict=True)) | pair
            for values in itertools.product(*(self.axes[name] for name in direct))
            for pair in pairs(terms)
        )
        return [{name: row[name] for name in self.axes} for row in found]

    def conditions(self, found: set[int]) -> list[Condition]:
        """When it is one of these `rows`: when any of the conditions is true.

        They are about the fewest answers. There is one, unless a sum has what any of several
        options adds: then there is one for each.
        """
        key = frozenset(found)
        if key not in self._conditions:
            self._conditions[key] = [ALWAYS] if len(key) == len(self.rows) else self._find(key)
        return self._conditions[key]

    def _find(self, found: frozenset[int]) -> list[Condition]:
        scope = [name for name in self.axes if self._matters(name, found)]
        terms = [name for name in scope if name not in self.direct]
        if self.is_whole or len(terms) <= 2:
            return [self._table(scope, found)]
        found_alone = [
            self._table([name for name in scope if name == term or name in self.direct], found)
            for term in terms
        ]
        for number, case in enumerate(self.rows):
            is_any = any(condition.holds(case) for condition in found_alone)
            assert is_any == (number in found), f"{self.path}: not the sum it seems to be"
        return found_alone

    def _table(self, scope: list[str], found: frozenset[int]) -> Condition:
        """The condition on these answers, where the others have the default."""
        answers = assignments(scope, self.domains)
        return where(scope, (each for each in answers if self.number(each) in found))

    def same(self, case: Answers) -> Iterator[Answers]:
        """All answers between which and the case it makes no difference."""
        kinds = {
            name: [value for value, kind in self.kinds[name].items() if kind == case[name]]
            for name in self.axes
        }
        for values in itertools.product(*kinds.values()):
            yield dict(zip(kinds, values, strict=True))

    def _matters(self, axis: str, found: frozenset[int]) -> bool:
        group = self._groups[axis]
        inside = Counter(map(group.__getitem__, found))
        sizes = self._sizes[axis]
        return any(count < sizes[number] for number, count in inside.items())

    @cached_property
    def _groups(self) -> dict[str, list[int]]:
        """For each axis, case by case, the number of those that differ in this axis alone."""
        found = {}
        for axis in self.axes:
            seen: dict[tuple[Value, ...], int] = {}
            rests = (tuple(v for name, v in case.items() if name != axis) for case in self.rows)
            found[axis] = [seen.setdefault(rest, len(seen)) for rest in rests]
        return found

    @cached_property
    def _sizes(self) -> dict[str, Counter[int]]:
        return {axis: Counter(groups) for axis, groups in self._groups.items()}

    @cached_property
    def _numbers(self) -> dict[tuple[Value, ...], int]:
        return {tuple(case.values()): number for number, case in enumerate(self.rows)}

    def number(self, answers: Answers) -> int:
        """The case of these answers; those that are not there have the default."""
        kinds = {name: self.kinds[name][answers[name]] for name in self.axes if name in answers}
        return self._numbers[
            tuple(kinds.get(name, values[0]) for name, values in self.axes.items())
        ]


def pairs(terms: Mapping[str, list[Value]]) -> Iterator[Answers]:
    """The first of all values, each other one alone, and each two of them."""
    base = {name: values[0] for name, values in terms.items()}
    yield base
    singles = [(name, value) for name, values in terms.items() for value in values[1:]]
    for single in singles:
        yield base | dict([single])
    for one, other in itertools.combinations(singles, 2):
        if one[0] != other[0]:
            yield base | dict([one, other])
