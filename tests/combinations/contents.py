"""Every distinct content of every file, rendered once."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import Template

from combinations.cases import Cases
from combinations.model import Model
from combinations.source import EXTENSIONS, REMEMBERED, Value
from combinations.sums import is_sum

# A file with more contents than this has to be a sum of what options add: see `Cases`.
LIMIT = 1024


@dataclass(frozen=True)
class Content:
    """A text that a file can have, and the answers for which it does, among those compared."""

    path: str
    text: str
    rows: tuple[int, ...]


class Shared:
    """A file with Jinja in it, which depends on answers.

    Those that it reads are `direct`, the others come with what options add.
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
        self.template: Template = model.source.env.get_template(name)

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
    def cases(self) -> Cases:
        """The answers to render it for."""
        cases = Cases(self.path, self.kinds, self.direct, self.model.domains, limit=LIMIT)
        if not cases.is_whole:
            problem = is_sum(self.model.source.env.parse(self.text))
            assert problem is None, f"{self.path} has too many contents and is no sum: {problem}"
        return cases

    def render(self, answers: Mapping[str, Value]) -> str:
        """The text for these answers, made of nothing but what it reads."""
        context = self.model.context(self.text, {**self.model.defaults, **answers})
        if self.parts:
            adds = {part: self.added(part, answers) for part in self.parts}
            context[EXTENSIONS] = {part: added for part, added in adds.items() if added}
        return self.template.render(context)

    @cached_property
    def contents(self) -> list[Content]:
        """Each distinct text, with the numbers of the cases that have it."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, case in enumerate(self.cases.rows):
            found[self.render(case)].append(number)
        return [Content(self.path, text, tuple(rows)) for text, rows in found.items()]
