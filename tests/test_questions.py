"""Bad answers are refused in one line that names the question and the remedy."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Attempt, Render, options

LONG = "x" * 300

BAD: dict[str, list[Any]] = {
    "project_name": [
        "",
        " ",
        " padded",
        "padded ",
        LONG,
        "two\nlines",
        "nul\0",
        "bell\a",
        "\u2028",
    ],
    "project_slug": [
        "",
        "Upper",
        "under_score",
        "1st",
        "-a",
        "a-",
        "a--b",
        "a b",
        "é",
        "ok\n",
        LONG,
        "class",
        "none",
        "app",
        "tests",
        "site-packages",
        "fastapi",
        "aiosqlite",
        "pytest",
    ],
    "project_description": [
        "",
        "  ",
        LONG,
        "two\nlines",
        "tab\t",
        "escape\x1b[0m",
        "\u202ereversed",
    ],
    "author_name": ["", " ", LONG, "two\nlines", "\x7f"],
    "author_email": ["", "ada", "@example.com", "a@b", "a b@example.com", "a@example.com\n", LONG],
    "license": ["", "GPL", "mit"],
    "python_version": ["", "3.1", "3.10", "3.15", "3"],
    "database": ["", "mysql", "SQLite"],
    "ci": ["", "jenkins"],
    "oauth_providers": [["nope"], ["Google"], [""], ["google", "nope"], "[google, nope]"],
}

CASES = [(name, answer) for name, answers in BAD.items() for answer in answers]


@pytest.mark.parametrize(("name", "answer"), CASES)
def test_refuses(attempt: Attempt, name: str, answer: Any) -> None:
    result = attempt(**{name: answer})
    assert isinstance(result.exception, ValueError)
    line = str(result.exception)
    assert f"'{name}'" in line
    assert line.splitlines() == [line]
    # The remedy: what to do about it, or the choices there are.
    assert ": " in line.removeprefix(f"Validation error for question '{name}': ")
    assert result.project_dir is None


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("project_slug", "class"),
        ("project_name", "two\nlines"),
        ("database", "mysql"),
        ("oauth_providers", "[nope]"),
        ("oauth_providers", "google"),
    ],
)
def test_command_line_refuses_and_leaves_nothing(
    template: Path, tmp_path: Path, name: str, answer: str
) -> None:
    target = tmp_path / "service"
    data = f"--data={name}={answer}"
    done = subprocess.run(
        [sys.executable, "-m", "copier", "copy", "--defaults", data, template, target],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert f"'{name}'" in (done.stdout + done.stderr).splitlines()[-1]
    assert not target.exists()


def test_says_how_to_write_several_choices(attempt: Attempt) -> None:
    """Copier itself would not say which question it is about."""
    for answer in ("google", "google, github", ""):
        line = str(attempt(oauth_providers=answer).exception)
        assert line.startswith("'oauth_providers' is not a list: write ")


@pytest.mark.parametrize("answer", [["oidc", "google", "google"], "[oidc, google]"])
def test_several_choices_have_an_order(render: Render, answer: Any) -> None:
    """Else an answer in another order would change the service."""
    project = render(oauth_providers=answer)
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert answers["oauth_providers"] == ["google", "oidc"]


@pytest.mark.parametrize("version", options()["python_version"])
def test_reads_a_python_version_that_yaml_takes_for_a_number(render: Render, version: str) -> None:
    answers = yaml.safe_load(
        (render(python_version=float(version)) / ".copier-answers.yml").read_text()
    )
    assert answers["python_version"] == version


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Order Desk", "order-desk"),
        ("  2nd Order__Desk!"[2:], "nd-order-desk"),
        ("C++ & Rust", "c-rust"),
        ("a" * 60, "a" * 50),
        ("a" * 49 + " b", "a" * 49),
    ],
)
def test_derives_the_slug(render: Render, name: str, slug: str) -> None:
    answers = yaml.safe_load((render(project_name=name) / ".copier-answers.yml").read_text())
    assert answers["project_slug"] == slug


@pytest.mark.parametrize("database", options()["database"])
def test_reserves_the_name_of_every_dependency(
    attempt: Attempt, render: Render, database: str
) -> None:
    """Else uv would take the project itself for that dependency."""
    every = options()["oauth_providers"][-1]
    service = render(database=database, oauth_providers=every)
    project = tomllib.loads((service / "pyproject.toml").read_text())
    dependencies = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    for name in {re.split(r"[\[>=]", dependency)[0] for dependency in dependencies}:
        assert "'project_slug'" in str(attempt(project_slug=name).exception), name


def test_asks_for_a_slug_that_it_cannot_derive(attempt: Attempt) -> None:
    result = attempt(project_name="注文")
    assert "'project_slug'" in str(result.exception)
    assert attempt(project_name="注文", project_slug="orders").exception is None


def test_records_no_secret_and_nothing_computed(render: Render) -> None:
    answers = yaml.safe_load((render(database="postgresql") / ".copier-answers.yml").read_text())
    assert {name for name in answers if not name.startswith("_")} == {
        "project_name",
        "project_slug",
        "project_description",
        "author_name",
        "author_email",
        *options(),
    }


def test_needs_no_trust() -> None:
    settings = (ROOT / "copier.yml").read_text()
    for extension in (ROOT / "extensions").glob("*.yml"):
        settings += extension.read_text()
    for unsafe in ("_tasks", "_migrations", "_jinja_extensions"):
        assert f"\n{unsafe}:" not in settings


def test_includes_every_extension() -> None:
    included = [
        line.removeprefix("!include extensions/").strip()
        for line in (ROOT / "copier.yml").read_text().splitlines()
        if line.startswith("!include ")
    ]
    assert sorted(included) == sorted(path.name for path in (ROOT / "extensions").glob("*.yml"))
