"""Shared files take any option, and free text survives as what it is."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from combinations.checks import check_files
from combinations.style import RUFF, check_style
from conftest import Files, Render, files_of, options
from pytest_copie.plugin import Copie

HOSTILE = {
    "project_name": """Bob's "Desk" \\ {{ x }} # : % $HOME é""",
    "project_description": """1. It's "a\\b": {% if %} {# #} `x` *y* [z](w) <i> $5 'q' - # é 🚀""",
    "author_name": """O'Neil "Ned" \\ Ünal & Söhne: #1 {{ 7 * 7 }} $(x) %s""",
    "author_email": "ada+test%1@example.com",
    "project_slug": "desk",
}

PART = """
{name}: {{type: bool, default: true}}
_exclude: []
_adds: |
  readme: The part {name}.
  module: app.core.{name}
  dependencies: ["{name}>=1"]
  dev_dependencies: ["types-{name}>=1"]
  env:
    APP_{name}: {{about: Of the part., example: "1"}}
    APP_{name}_more: {{about: Of the part too., default: "2"}}
    APP_{name}_none: {{about: Nothing unless it is set., default: ""}}
  tables:
    upgrade: op.create_table("{name}", sa.Column("id", sa.Uuid()))
    downgrade: op.drop_table("{name}")
  compose: {{depends_on: [{name}], mounts: ["{name}:/{name}"], volumes: [{name}]}}
"""


@pytest.mark.parametrize("names", [["zeta"], ["zeta", "alpha"], ["beta", "alpha", "zeta"]])
def test_shared_files_take_any_number_of_extensions(
    copie: Copie, template: Path, tmp_path: Path, names: list[str]
) -> None:
    shutil.copytree(template, tmp_path / "template")
    questions = tmp_path / "template/copier.yml"
    for name in names:
        (tmp_path / f"template/extensions/{name}.yml").write_text(PART.format(name=name))
        (tmp_path / f"template/template/app/core/{name}.py").write_text('"""A part."""\n')
        included = f"!include extensions/{name}.yml\n---\n# What"
        questions.write_text(questions.read_text().replace("# What", included, 1))
    project = copie.copy(template_dir=tmp_path / "template").project_dir
    assert project is not None
    check_style(project)
    files = files_of(project)
    check_files(files)
    registry = files["app/registry.py"].decode()
    assert re.findall(r"^import app\.core\.(\w+)$", registry, re.MULTILINE) == sorted(names)
    assert re.findall(r"^    app\.core\.(\w+)\.extension,$", registry, re.MULTILINE) == sorted(
        names
    )
    dependencies = tomllib.loads(files["pyproject.toml"].decode())["project"]["dependencies"]
    assert dependencies[-len(names) :] == [f"{name}>=1" for name in sorted(names)]
    migration = files["migrations/versions/0001_initial.py"].decode()
    assert re.findall(r'create_table\("(\w+)"', migration) == sorted(names)
    assert re.findall(r'drop_table\("(\w+)"', migration)[: len(names)] == sorted(names)[::-1]
    check_settings(files, names)
    compose = yaml.safe_load(files["compose.yaml"])
    assert set(compose["volumes"]) >= set(names)
    assert set(compose["services"]["migrate"]["depends_on"]) == set(names)
    assert {f"{name}:/{name}" for name in names} <= set(compose["services"]["app"]["volumes"])


def check_settings(files: Files, names: list[str]) -> None:
    """Settings with a default say it, and are left out of this machine's."""
    example, written = files[".env.example"].decode(), files[".env"].decode()
    for name in names:
        for line in (f"APP_{name}=1", f"APP_{name}_more=2", f"APP_{name}_none="):
            assert f"\n{line}\n" in example
        assert re.findall(rf"^APP_{name}.*$", written, re.MULTILINE) == [f"APP_{name}=1"]
        rows = re.findall(rf"^\| `APP_{name}\w*` .*$", files["README.md"].decode(), re.MULTILINE)
        assert [row.split("|")[2].strip() for row in rows] == ["required", "`2`", "none"]


@pytest.fixture
def hostile(render: Render) -> Files:
    project = render(**HOSTILE)
    check_style(project)
    files = files_of(project)
    check_files(files)
    return files


def test_hostile_answers_survive(hostile: Files) -> None:
    project = tomllib.loads(hostile["pyproject.toml"].decode())["project"]
    assert project["name"] == HOSTILE["project_slug"]
    assert project["description"] == HOSTILE["project_description"]
    assert project["authors"] == [
        {"name": HOSTILE["author_name"], "email": HOSTILE["author_email"]}
    ]

    constants: dict[str, str] = {}
    exec(hostile["app/core/project.py"], constants)
    assert constants["NAME"] == HOSTILE["project_name"]
    assert constants["SLUG"] == HOSTILE["project_slug"]
    assert constants["DESCRIPTION"] == HOSTILE["project_description"]

    answers = yaml.safe_load(hostile[".copier-answers.yml"])
    assert {name: answers[name] for name in HOSTILE} == HOSTILE

    assert HOSTILE["author_name"] in hostile["LICENSE"].decode()

    title, _, description = hostile["README.md"].decode().splitlines()[:3]
    assert re.sub(r"\\(\W)", r"\1", title) == f"# {HOSTILE['project_name']}"
    assert re.sub(r"\\(\W)", r"\1", description) == HOSTILE["project_description"]

    label = re.search(r"image\.description=(.*)", hostile["Dockerfile"].decode())
    assert label
    assert json.loads(label[1].replace(r"\$", "$")) == HOSTILE["project_description"]


# Around the lengths at which the formatter puts a string between parentheses and gives up on it.
@pytest.mark.parametrize(
    ("letter", "width"),
    [("x", n) for n in (72, 73, 82, 83, 200)]
    + [("語", n) for n in (36, 37, 41, 42)]
    + [("é", 73), ('"', 72), ('"', 73)],
)
def test_formatter_agrees_with_every_length(render: Render, letter: str, width: int) -> None:
    path = render(project_description=letter * width) / "app/core/project.py"
    done = subprocess.run(
        [RUFF, "format", "--diff", "--no-cache", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("choice", options()["license"])
def test_license_names_the_owner_and_no_year(render: Render, choice: str) -> None:
    text = (render(license=choice, author_name="Ada Ltd") / "LICENSE").read_text()
    line = re.search(r"^ *Copyright .*Ada Ltd.*$", text, re.MULTILINE)
    assert line
    # A year would change with an update in another one.
    assert not re.search(r"\d{4}", line[0])


def test_plain_files_are_the_same_everywhere(render: Render, template: Path) -> None:
    """A file without `.jinja` is linted and read in place, so it must be what is rendered."""
    project = render()
    for source in (template / "template").rglob("*"):
        rendered = project / source.relative_to(template / "template")
        if source.is_file() and source.suffix != ".jinja" and rendered.is_file():
            assert rendered.read_bytes() == source.read_bytes(), source


def test_no_migration_is_shipped_but_the_first(template: Path) -> None:
    """A second one would fork the history of every service that has one of its own.

    A model that an update brings gets its migration in the service: `make migration`.
    """
    versions = (template / "template" / "migrations" / "versions").glob("*.py*")
    assert [path.name for path in versions] == ["0001_initial.py.jinja"]
