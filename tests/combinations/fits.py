"""Whether the files that are selected together fit together, for every combination."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from combinations.checks import left_over, problems
from combinations.conditions import (
    ALWAYS,
    Condition,
    both,
    counterexample,
    extended,
    where,
)
from combinations.contents import Content, Shared
from combinations.kinds import facts_of
from combinations.model import Model
from combinations.source import Answers
from combinations.traces import spoken


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file, and a combination in which it is."""

    answers: Answers
    path: str
    what: str

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.answers.items())
        return f"{self.path}: {self.what} ({shown or 'always'})"


@dataclass(frozen=True)
class Need:
    """Words of which one has to be offered, whenever `condition` is true."""

    path: str
    what: str
    words: tuple[str, ...]
    condition: Condition


class Proof:
    """The contents of a template, what they say, and whether it holds together."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def shared(self) -> dict[str, Shared]:
        """The files with Jinja in them."""
        files = self.model.source.files.items()
        return {path: Shared(self.model, path) for path, file in files if file.suffix == ".jinja"}

    @cached_property
    def contents(self) -> dict[str, list[Content]]:
        """Every distinct content of every file."""
        found = {}
        for path, file in self.model.source.files.items():
            if path in self.shared:
                found[path] = self.shared[path].contents
            else:
                found[path] = [Content(path, file.read_text(encoding="utf-8"), ())]
        return found

    def all_contents(self) -> Iterator[Content]:
        """All of them, in the order of their paths."""
        for each in self.contents.values():
            yield from each

    def answers(self, content: Content, more: Iterable[str] = ()) -> Iterator[Answers]:
        """Answers that select a content, with all that `more` questions can be answered."""
        selected = self.model.selection[content.path]
        condition = ALWAYS
        if shared := self.shared.get(content.path):
            rows = (shared.cases.rows[number] for number in content.rows)
            wide = (each for row in rows for each in shared.cases.same(row))
            condition = where(shared.cases.axes, wide)
        condition = both(condition, selected, self.model.domains)
        return extended(condition, more, self.model.domains)

    def render(self, answers: Answers) -> dict[str, str]:
        """The files of one combination, put together of the contents."""
        found = {}
        for path, contents in self.contents.items():
            if self.model.selection[path].holds(answers):
                shared = self.shared.get(path)
                number = shared.cases.number(answers) if shared and shared.cases.is_whole else None
                if shared and number is None:
                    found[path] = shared.render(answers)
                else:
                    has = (each for each in contents if number is None or number in each.rows)
                    found[path] = next(has).text
        return found

    def contents_alone(self) -> Iterator[Problem]:
        """What is wrong in a content by itself, or with its words."""
        said = set()
        for content in self.all_contents():
            wrong = [*problems(content.path, content.text)]
            if jinja := left_over(content.path, content.text):
                wrong.append(f"holds Jinja: {jinja}")
            for what in wrong:
                yield Problem(next(self.answers(content)), content.path, what)
            if content.path in {".copier-answers.yml"}:  # It says which options there are.
                continue
            for trace, word in spoken(content.path, content.text):
                if (content.path, trace) in said:
                    continue
                names = trace.questions(self.model.domains)
                for answers in self.answers(content, names):
                    if not trace.is_wanted({name: answers[name] for name in names}):
                        what = f"speaks of {trace}: {word}"
                        yield Problem(answers, content.path, what)
                        said.add((content.path, trace))
                        break

    def _when(self, path: str, found: set[int]) -> Iterator[Condition]:
        """When the file is there with one of the contents of these cases."""
        shared = self.shared.get(path)
        for condition in shared.cases.conditions(found) if shared else [ALWAYS]:
            yield both(condition, self.model.selection[path], self.model.domains)

    @cached_property
    def _facts(self) -> tuple[dict[str, set[Condition]], list[Need]]:
        offers: dict[str, set[Condition]] = defaultdict(set)
        needs: list[Need] = []
        for path, contents in self.contents.items():
            offered: dict[str, set[int]] = defaultdict(set)
            needed: dict[tuple[tuple[str, ...], str], set[int]] = defaultdict(set)
            for content in contents:
                facts = facts_of(path, content.text)
                for word in facts.offers:
                    offered[word].update(content.rows)
                for words, what in facts.needs.items():
                    needed[words, what].update(content.rows)
            for word, rows in offered.items():
                offers[word].update(self._when(path, rows))
            for (words, what), rows in needed.items():
                needs += [Need(path, what, words, each) for each in self._when(path, rows)]
        return offers, needs

    @property
    def needs(self) -> list[Need]:
        """All that files need of each other."""
        return self._facts[1]

    def offers(self, words: Iterable[str]) -> frozenset[Condition]:
        """When one of these words is offered: when any of the conditions is true."""
        known = self._facts[0]
        return frozenset(condition for word in words for condition in known.get(word, ()))

    def together(self) -> Iterator[Problem]:
        """What files need of each other and do not get."""
        known: dict[tuple[Condition, frozenset[Condition]], Answers | None] = {}
        for need in self.needs:
            key = (need.condition, self.offers(need.words))
            if key not in known:
                known[key] = counterexample(*key, self.model.domains)
            if (answers := known[key]) is not None:
                yield Problem(answers, need.path, need.what)
        yield from self._folders()

    def _folders(self) -> Iterator[Problem]:
        """A folder that is rendered has files in it."""
        for folder, condition in self.model.selection.items():
            if folder not in self.contents:
                inside = [p for p in self.contents if p.startswith(f"{folder}/")]
                kept = [self.model.selection[path] for path in inside]
                answers = counterexample(condition, kept, self.model.domains)
                if answers is not None:
                    yield Problem(answers, folder, "is rendered with nothing in it")
        for line in self.model.unmatched:
            yield Problem({}, line, "is excluded and is nowhere")
