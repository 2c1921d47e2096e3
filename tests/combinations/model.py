"""What depends on which answers: the files that are selected, and what options add."""

import json
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

import yaml
from pathspec import PathSpec

from combinations.conditions import ALWAYS, Condition, Domains, assignments, both, where
from combinations.reads import Reads
from combinations.source import EXTENSIONS, REMEMBERED, Answers, Source, Value

Adds = dict[str, Any]


class Model:
    """The template's answers and what each of them decides.

    `only` leaves some answers out, for a quick look at a part of the combinations.
    """

    def __init__(self, source: Source, only: Mapping[str, list[Value]] | None = None) -> None:
        self.source = source
        self.reads = Reads(source)
        self._hidden: dict[tuple[str, str], Any] = {}
        self._adds: dict[tuple[str, str], Adds] = {}
        self._matched: dict[str, frozenset[str]] = {}
        self.domains: Domains = {}
        for name in source.asked:
            self.domains = {**self.domains, name: self._domain(name)}
        self.domains = {**self.domains, **(only or {})}
        self.defaults: Answers = {name: values[0] for name, values in self.domains.items()}

    def _domain(self, name: str) -> list[Value]:
        choices = self.source.questions[name].get("choices")
        text = choices if isinstance(choices, str) else ""
        # Its choices may be those of a computed question, which may look at its answer.
        return self.source.domain(name, self.context(text, {name: ()}))

    @property
    def count(self) -> int:
        """How many combinations of answers there are."""
        total = 1
        for values in self.domains.values():
            total *= len(values)
        return total

    def context(self, text: str, answers: Mapping[str, Value]) -> dict[str, Any]:
        """The variables that the template `text` reads, `extensions` aside."""
        found: dict[str, Any] = {}
        for name in self.reads.names(text):
            if name in self.source.asked:
                found[name] = plain(answers[name])
            elif name in self.source.constants:
                found[name] = self.source.constants[name]
            elif name == REMEMBERED:
                facts = {k: v for k, v in self.source.constants.items() if k[0] != "_"}
                found[name] = facts | {k: plain(v) for k, v in answers.items()}
            elif name in self.source.questions and name != EXTENSIONS:
                found[name] = self.hidden(name, answers)
        return found

    def hidden(self, name: str, answers: Mapping[str, Value]) -> Any:
        """The value of a computed question."""
        question = self.source.questions[name]
        text = str(question["default"])
        key = (name, self._projection(self.reads.answers(text), answers))
        if key not in self._hidden:
            value = self.source.render(text, self.context(text, answers))
            self._hidden[key] = yaml.safe_load(value) if question["type"] == "yaml" else value
        return self._hidden[key]

    def adds(self, part: str, answers: Mapping[str, Value]) -> Adds:
        """What an extension adds to shared files: its `_adds`, or nothing."""
        text = self.source.text(self.source.parts[part])
        key = (part, self._projection(self.scope(part), answers))
        if key not in self._adds:
            declared = yaml.safe_load(self.source.render(text, self.context(text, answers)))
            self._adds[key] = yaml.safe_load(declared["_adds"]) or {}
        return self._adds[key]

    def scope(self, part: str) -> frozenset[str]:
        """The questions that decide what an extension adds."""
        return self.reads.answers(self.source.text(self.source.parts[part]))

    @staticmethod
    def _projection(names: frozenset[str], answers: Mapping[str, Value]) -> str:
        return json.dumps([answers.get(name) for name in sorted(names)])

    @property
    def unmatched(self) -> list[str]:
        """The paths that are excluded for some answers and belong to no file."""
        assert self.selection
        return [line for line, paths in self._matched.items() if line[:1] == "/" and not paths]

    @cached_property
    def selection(self) -> dict[str, Condition]:
        """When each file, and each folder, is rendered: nothing excludes it."""
        paths = {*self.source.files}
        for path in self.source.files:
            paths |= {path[:at] for at, letter in enumerate(path) if letter == "/"}
        selected = dict.fromkeys(paths, ALWAYS)
        matched = self._matched
        for block in self.source.excludes:
            names = self.reads.answers(block)
            dropped: list[tuple[Answers, set[str]]] = []
            for answers in assignments(names, self.domains):
                lines = self.source.render(block, self.context(block, answers)).splitlines()
                for line in set(lines) - matched.keys():
                    matched[line] = matches(line, frozenset(paths))
                dropped.append((answers, set().union(*(matched[line] for line in lines))))
            for path in set().union(*(out for _, out in dropped)):
                kept = where(names, (answers for answers, out in dropped if path not in out))
                selected[path] = both(selected[path], kept, self.domains)
        return selected


def plain(value: Value) -> Any:
    """An answer as Copier gives it to templates."""
    return list(value) if isinstance(value, tuple) else value


@cache
def matches(line: str, paths: frozenset[str]) -> frozenset[str]:
    """The paths that a line of `_exclude` excludes, as Copier has it."""
    assert not line.startswith("!"), "the order of lines would matter"
    spec = PathSpec.from_lines("gitignore", [line])
    return frozenset(filter(spec.match_file, paths))
