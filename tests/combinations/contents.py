"""Every distinct content of every file, rendered once."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import Template

from combinations.conditions import ALWAYS, Condition, assignments, where
from combinations.model import Model
from combinations.source import EXTENSIONS, REMEMBERED, Answers, Value
from combinations.sums import is_sum

# A file with more contents than this has to be a sum of what options add: see `Shared.cases`.
LIMIT = 1024


@dataclass(frozen=True)
class Content:
    """A text that a file can have, and the answers for which it does, among those compared."""

    path: str
    text: str
    rows: tuple[int, ...]


class Shared:
    """A file with Jinja in it.

    Its `axes` are the questions that it depends on, with one answer of each kind of answers
    between which it makes no difference.
    """

    def __init__(self, model: Model, path: str) -> None:
        self.model = model
        self.path = path
        name = model.source.files[path].relative_to(model.source.folder).as_posix()
        self.text = model.source.text(name)
        self.names = model.reads.names(self.text)
        scopes = {part: model.scope(part) for part in self.parts}
        self.direct = model.reads.answers(self.text).union(
            *(scope for scope in scopes.values() if len(scope) > 1)
        )
        self.keys = model.reads.keys(self.text)
        self._conditions: dict[frozenset[int], list[Condition]] = {}
        self._template: Template = model.source.env.get_template(name)

    @property
    def parts(self) -> list[str]:
        """The extensions that may add to it."""
        return list(self.model.source.parts) if EXTENSIONS in self.names else []

    def added(self, part: str, answers: Mapping[str, Value]) -> dict[str, Any]:
        """What an extension adds, of what this file reads."""
        adds = self.model.adds(part, {**self.model.defaults, **answers})
        return {key: value for key, value in adds.items() if key in self.keys}

    @cached_property
    def kinds(self) -> dict[str, dict[Value, Value]]:
        """Question -> answer -> the first answer that makes no difference to it."""
        found = {}
        for name, values in self.model.domains.items():
            mine = [part for part in self.parts if name in self.model.scope(part)]
            if name in self.direct or REMEMBERED in self.names:
                found[name] = {value: value for value in values}
            elif mine:
                first: dict[str, Value] = {}
                keys = [
                    json.dumps([self.added(p, {name: value}) for p in mine]) for value in values
                ]
                found[name] = {
                    value: first.setdefault(key, value)
                    for key, value in zip(keys, values, strict=True)
                }
        return {name: kinds for name, kinds in found.items() if len(set(kinds.values())) > 1}

    @cached_property
    def axes(self) -> dict[str, list[Value]]:
        """Question -> the answers to compare, the default's kind first."""
        return {name: list(dict.fromkeys(kinds.values())) for name, kinds in self.kinds.items()}

    @cached_property
    def is_whole(self) -> bool:
        """Whether all its contents are rendered, and not the terms of a sum."""
        total = 1
        for values in self.axes.values():
            total *= len(values)
        return total <= LIMIT

    @cached_property
    def cases(self) -> list[Answers]:
        """The answers to render it for: every one that makes a difference.

        Of a file with more than `LIMIT` contents that is a sum of what options add (proved
        from its syntax tree), the terms and all pairs of them: no content says more.
        """
        if self.is_whole:
            values = itertools.product(*self.axes.values())
            return [dict(zip(self.axes, each, strict=True)) for each in values]
        problem = is_sum(self.model.source.env.parse(self.text))
        assert problem is None, f"{self.path} has too many contents and is no sum: {problem}"
        direct = {name: values for name, values in self.axes.items() if name in self.direct}
        terms = {name: values for name, values in self.axes.items() if name not in self.direct}
        found = [
            dict(zip(direct, values, strict=True)) | pair
            for values in itertools.product(*direct.values())
            for pair in pairs(terms)
        ]
        return [{name: case[name] for name in self.axes} for case in found]

    def render(self, answers: Mapping[str, Value]) -> str:
        """The text for these answers, made of nothing but what it reads."""
        context = self.model.context(self.text, {**self.model.defaults, **answers})
        if self.parts:
            adds = {part: self.added(part, answers) for part in self.parts}
            context[EXTENSIONS] = {part: added for part, added in adds.items() if added}
        return self._template.render(context)

    def conditions(self, found: set[int]) -> list[Condition]:
        """When it is one of these `cases`: when any of the conditions is true.

        They are about the fewest answers. There is one, unless a sum has what any of several
        options adds: then there is one for each.
        """
        key = frozenset(found)
        if key not in self._conditions:
            self._conditions[key] = [ALWAYS] if len(key) == len(self.cases) else self._find(key)
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
        for number, case in enumerate(self.cases):
            is_any = any(condition.holds(case) for condition in found_alone)
            assert is_any == (number in found), f"{self.path}: not the sum it seems to be"
        return found_alone

    def _table(self, scope: list[str], found: frozenset[int]) -> Condition:
        """The condition on these answers, where the others have the default."""
        answers = assignments(scope, self.model.domains)
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
            rests = (tuple(v for name, v in case.items() if name != axis) for case in self.cases)
            found[axis] = [seen.setdefault(rest, len(seen)) for rest in rests]
        return found

    @cached_property
    def _sizes(self) -> dict[str, Counter[int]]:
        return {axis: Counter(groups) for axis, groups in self._groups.items()}

    @cached_property
    def _numbers(self) -> dict[tuple[Value, ...], int]:
        return {tuple(case.values()): number for number, case in enumerate(self.cases)}

    def number(self, answers: Answers) -> int:
        """The case of these answers; those that are not there have the default."""
        kinds = {name: self.kinds[name][answers[name]] for name in self.axes if name in answers}
        return self._numbers[
            tuple(kinds.get(name, values[0]) for name, values in self.axes.items())
        ]

    @cached_property
    def contents(self) -> list[Content]:
        """Each distinct text, with the numbers of the cases that have it."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, case in enumerate(self.cases):
            found[self.render(case)].append(number)
        return [Content(self.path, text, tuple(rows)) for text, rows in found.items()]


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
