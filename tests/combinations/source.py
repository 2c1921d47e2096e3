"""The template as Copier sees it: its questions, its files, and its Jinja."""

import itertools
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

import yaml
from copier._main import Worker

# An answer as it can be compared: what takes several choices is a tuple of them.
Value = str | bool | tuple[str, ...]
Answers = dict[str, Value]

ANSWERS_FILE = ".copier-answers.yml"

# Made of the answers as a whole, so no question has them.
EXTENSIONS = "extensions"
REMEMBERED = "_copier_answers"


class Source:
    """A copy of the template outside git, with Copier's own environment.

    What is random is a constant here, so that equal answers give equal text.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worker = Worker(src_path=str(folder), dst_path=folder / "rendered", defaults=True)
        self.env = self.worker.jinja_env
        self.env.filters["ans_random"] = lambda *_: 1
        self.questions: dict[str, dict[str, Any]] = self.worker.template.questions_data
        self._texts: dict[str, str] = {}
        self.excludes: tuple[str, ...] = self.worker.template.exclude

    @cached_property
    def asked(self) -> list[str]:
        """The questions with choices; the others ask for facts of the project."""
        return [
            name
            for name, question in self.questions.items()
            if question.get("when") is not False
            and (question["type"] == "bool" or "choices" in question)
        ]

    @cached_property
    def parts(self) -> dict[str, str]:
        """The extensions: name -> the file that declares it, for Jinja."""
        files = sorted((self.folder / "extensions").glob("*.yml"))
        return {path.stem: f"extensions/{path.name}" for path in files}

    @cached_property
    def constants(self) -> dict[str, Any]:
        """The facts of the project, at their defaults, and what Copier itself adds."""
        found: dict[str, Any] = {
            "_copier_conf": {"src_path": PurePath(self.folder), "answers_file": ANSWERS_FILE}
        }
        for name, question in self.questions.items():
            if name not in self.asked and question.get("when") is not False:
                found[name] = self.render(question["default"], found)
        return found

    @cached_property
    def files(self) -> dict[str, Path]:
        """Each file that can be rendered, by the path it gets."""
        root = self.folder / "template"
        found = {}
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            name = path.relative_to(root).as_posix()
            found[self.render(name.removesuffix(".jinja"), self.constants)] = path
        return found

    def render(self, text: str, context: dict[str, Any]) -> str:
        """Render `text` with these variables."""
        return self.env.from_string(text).render(context)

    def text(self, name: str) -> str:
        """The template of that name, as it is written."""
        if name not in self._texts:
            assert self.env.loader is not None
            self._texts[name] = self.env.loader.get_source(self.env, name)[0]
        return self._texts[name]

    def domain(self, name: str, context: dict[str, Any]) -> list[Value]:
        """Every answer to a question, the default first."""
        question = self.questions[name]
        if question["type"] == "bool":
            return [question["default"], not question["default"]]
        choices = question["choices"]
        if isinstance(choices, str):
            choices = yaml.safe_load(self.render(choices, context))
        values = list(choices.values() if isinstance(choices, dict) else choices)
        if question.get("multiselect"):
            return list(subsets(values))
        return sorted(values, key=lambda value: value != question["default"])


def subsets(values: list[str]) -> Iterable[tuple[str, ...]]:
    """Every choice of any number of `values`, none first."""
    sizes = range(len(values) + 1)
    return itertools.chain.from_iterable(itertools.combinations(values, size) for size in sizes)
