"""Renders of the working tree, in process and as plain data."""

import argparse
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from pytest_copie.plugin import Copie, Result
from support.memory import use_memory
from support.quick import quick_copier
from support.releases import CURRENT, sources

ROOT = Path(__file__).parent.parent

# What takes minutes comes first, so that no worker waits for another one at the end. Faults and
# controls, which wait for much, run beside what computes; but nothing beside the faults, which
# measure time, uses several processes.
FIRST = [
    "test_faults.py",
    "test_covering.py",
    "test_controls.py::TestFirstHalf",
    "test_covering.py::TestOlderPythons",
    "test_covering.py::TestNewerPythons",
    "test_variants.py::TestPostgresql",
    "test_controls.py::TestSecondHalf",
    "test_controls.py::TestOnSqlite",
    "test_controls.py::TestOnPostgresql",
    "test_variants.py::TestSqlite",
    "test_toggles.py::TestServices",
    "test_upgrades.py",
    "test_toggles.py",
    "test_update_command.py",
    "test_commands.py",
]

Answers = dict[str, Any]
Render = Callable[..., Path]
Files = dict[str, bytes]
Record = Callable[[str, object], None]
Environment = dict[str, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    strength = "how many answers are tried together; with 3, all tests of each service run"
    parser.addoption("--strength", type=int, default=2, choices=[2, 3], help=strength)
    parser.addoption("--shard", type=shard, default=(1, 1), help="i/n: a part of the tests")


def pytest_configure() -> None:
    use_memory()


def shard(text: str) -> tuple[int, int]:
    """Read which part of how many."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    number, count = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= count:
        message = f"{text} is no part of the tests: write 1/4, 2/4, 3/4 or 4/4 for each of four."
        raise argparse.ArgumentTypeError(message)
    return number, count


def scope_of(item: pytest.Item) -> str:
    """The module, or the class in it, that one worker runs as a whole."""
    return item.nodeid.rpartition("::")[0].removeprefix("tests/")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put them in order, without what another shard runs; what shares its set-up stays together."""
    places = {scope: place for place, scope in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(scope_of(item), len(FIRST)))
    number, count = config.getoption("shard")
    ours = set(list(dict.fromkeys(map(scope_of, items)))[number - 1 :: count])
    parts: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        parts[scope_of(item) in ours].append(item)
    items[:] = parts[True]
    config.hook.pytest_deselected(items=parts[False])


def options() -> dict[str, list[Any]]:
    """Each question with choices, and answers to it; the default is the first.

    Where several choices can be taken, the answers are none, each one alone, and all.
    """
    found: dict[str, list[Any]] = {}
    for name, question in questions(ROOT).items():
        default = question["default"]
        if question["type"] == "bool":
            found[name] = [default, not default]
        elif values := question["choices"]:
            if question.get("multiselect"):
                values = [*([value] for value in values), values]
            found[name] = [default, *(value for value in values if value != default)]
    return found


def documents(template: Path) -> list[dict[str, Any]]:
    """The YAML of a template's questions, its own and those of its extensions."""
    found: list[dict[str, Any]] = []
    for file in [template / "copier.yml", *sorted((template / "extensions").glob("*.yml"))]:
        # `!include` lines are of no interest here: the files are read one by one.
        text = re.sub(r"^!include.*", "", file.read_text(), flags=re.MULTILINE)
        found += filter(None, yaml.safe_load_all(text))
    return found


def questions(template: Path) -> dict[str, dict[str, Any]]:
    """The questions that are asked, with the values of their choices."""
    return {
        name: {**question, "choices": choices_of(question.get("choices", []), document)}
        for document in documents(template)
        for name, question in document.items()
        if not name.startswith("_") and question.get("when") is not False
    }


def choices_of(choices: Any, document: dict[str, Any]) -> list[Any]:
    """The values of `choices`, which may be rendered from the hidden questions beside it."""
    if isinstance(choices, str):
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        environment.filters["mandatory"] = str
        hidden = {
            name: yaml.safe_load(environment.from_string(question["default"]).render())
            for name, question in document.items()
            if not name.startswith("_") and question.get("when") is False
        }
        choices = yaml.safe_load(environment.from_string(choices).render(hidden))
    return list(choices.values() if isinstance(choices, dict) else choices)


def label(answer: Any) -> str:
    """What an answer is called in the name of a test."""
    if isinstance(answer, list):
        return "all" if len(answer) > 1 else (answer or ["none"])[0]
    return str(answer)


def files_of(project: Path) -> Files:
    """Every file of a rendered service by its path."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Renders and updates in this process repeat nothing."""
    with quick_copier():
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template outside git: no clone for each render, nothing that git ignores."""
    return sources(CURRENT, tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def environment() -> Iterator[Environment]:
    """The settings with which services have one environment: Python compiles the libraries once.

    `uv sync` leaves there what the lock of the service says, and that alone.
    """
    # Not in pytest's folder, where other users cannot go: PostgreSQL runs as one of them.
    with tempfile.TemporaryDirectory(prefix="environment-") as folder:
        yield {"UV_PROJECT_ENVIRONMENT": f"{folder}/.venv"}


Attempt = Callable[..., Result]


@pytest.fixture
def attempt(copie: Copie, template: Path) -> Attempt:
    """Try to render with the given answers; the result has the exception, if any."""

    def run(**answers: Any) -> Result:
        return copie.copy(extra_answers=answers, template_dir=template)

    return run


@pytest.fixture
def render(attempt: Attempt) -> Render:
    """Render with the given answers, and the default for every other question."""

    def run(**answers: Any) -> Path:
        result = attempt(**answers)
        if result.exception:
            raise result.exception
        assert result.project_dir is not None
        return result.project_dir

    return run
