"""Renders of the working tree, in process and as plain data."""

import argparse
import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from pytest_copie.plugin import Copie, Result

ROOT = Path(__file__).parent.parent

TEMPLATE = ("copier.yml", "extensions", "licenses", "template")

Answers = dict[str, Any]
Render = Callable[..., Path]
Files = dict[str, bytes]


def pytest_addoption(parser: pytest.Parser) -> None:
    strength = "how many answers are tried together; with 3, all tests of each service run"
    parser.addoption("--strength", type=int, default=2, choices=[2, 3], help=strength)
    parser.addoption("--shard", type=shard, default=(1, 1), help="i/n: a part of the tests")


def shard(text: str) -> tuple[int, int]:
    """Read which part of how many."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    number, count = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= count:
        message = f"{text} is no part of the tests: write 1/4, 2/4, 3/4 or 4/4 for each of four."
        raise argparse.ArgumentTypeError(message)
    return number, count


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what another shard runs; what shares its set-up stays together."""
    number, count = config.getoption("shard")
    scopes = list(dict.fromkeys(item.nodeid.rpartition("::")[0] for item in items))
    ours = set(scopes[number - 1 :: count])
    parts: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        parts[item.nodeid.rpartition("::")[0] in ours].append(item)
    items[:] = parts[True]
    config.hook.pytest_deselected(items=parts[False])


def options() -> dict[str, list[Any]]:
    """Each question with choices, and answers to it; the default is the first.

    Where several choices can be taken, the answers are none, each one alone, and all.
    """
    found: dict[str, list[Any]] = {}
    sources = [ROOT / "copier.yml", *sorted((ROOT / "extensions").glob("*.yml"))]
    for source in sources:
        # `!include` lines are of no interest here: the files are read one by one.
        text = re.sub(r"^!include.*", "", source.read_text(), flags=re.MULTILINE)
        for document in filter(None, yaml.safe_load_all(text)):
            for name, question in document.items():
                if name.startswith("_") or question.get("when") is False:
                    continue
                if question["type"] == "bool":
                    found[name] = [question["default"], not question["default"]]
                elif "choices" in question:
                    values = choices_of(question["choices"], document)
                    if question.get("multiselect"):
                        values = [*([value] for value in values), values]
                    default = question["default"]
                    found[name] = [default, *(value for value in values if value != default)]
    return found


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


def setting_names(config: str) -> set[str]:
    """The environment variables that the `Settings` class of config.py reads."""
    settings = next(
        node
        for node in ast.parse(config).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    return {
        f"APP_{node.target.id.upper()}"
        for node in settings.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template outside git: no clone for each render, and nothing untracked."""
    return copy_template(tmp_path_factory.mktemp("template"))


def copy_template(folder: Path) -> Path:
    """Put what a render needs into `folder`, and return that."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in TEMPLATE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)
    return folder


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
