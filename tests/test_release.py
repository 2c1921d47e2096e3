"""A release is one command, and keeps the promises that updates stand on."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, documents, questions
from support.releases import CURRENT, commit, git, releases, sources

# With any of these Copier asks for --trust, in every later update from such a release too.
NEED_TRUST = {"_tasks", "_migrations", "_jinja_extensions", "_external_data"}

Questions = dict[str, dict[str, Any]]


def reads(question: dict[str, Any], name: str) -> bool:
    """Whether the default of a question is made of the answer to another one."""
    return re.search(rf"\b{name}\b", str(question["default"])) is not None


def broken_promises(old: Questions, new: Questions) -> list[str]:
    """What an update from `old` to `new` would lose of the answers."""
    problems = []
    for name, question in old.items():
        if name not in new and not any(reads(each, name) for each in new.values()):
            problems.append(f"{name} is gone, and no default reads it")
        elif name in new and new[name]["type"] != question["type"]:
            problems.append(f"{name} is of another type")
        elif name in new:
            gone = [each for each in question["choices"] if each not in new[name]["choices"]]
            problems += [f"{name} no longer has {choice}" for choice in gone]
    return problems


@pytest.mark.parametrize("release", [*releases(), CURRENT])
def test_no_release_needs_trust(tmp_path: Path, release: str) -> None:
    keys = {key for document in documents(sources(release, tmp_path)) for key in document}
    assert not keys & NEED_TRUST


@pytest.mark.parametrize("release", releases())
def test_no_answer_of_a_release_is_lost(tmp_path: Path, release: str) -> None:
    old = questions(sources(release, tmp_path / "old"))
    new = questions(sources(CURRENT, tmp_path / "new"))
    assert old
    assert broken_promises(old, new) == []


def test_every_question_has_a_default() -> None:
    for name, question in questions(ROOT).items():
        assert question.get("default") is not None, name


def test_broken_promises_are_noticed() -> None:
    no = {"type": "bool", "default": False, "choices": []}
    old: Questions = {
        "a": {"type": "str", "default": "x", "choices": ["x", "y"]},
        **dict.fromkeys("bcd", no),
    }
    new: Questions = {
        "a": {"type": "str", "default": "x", "choices": ["x", "z"]},
        "b": {"type": "str", "default": "no", "choices": []},
        "c2": {**no, "default": "{{ c | default(false) }}"},
    }
    assert broken_promises(old, new) == [
        "a no longer has y",
        "b is of another type",
        "d is gone, and no default reads it",
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with what a release needs; its `make test` passes at once."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "Makefile").write_text("test:\n\t@echo tested\n")
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "0.1.0"\n')
    (folder / "releases.toml").write_text('"0.1.0" = "0"\n')
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n- New.\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Test")
    git(folder, "config", "user.email", "test@example.com")
    commit(folder, "start")
    return folder


def release(project: Path, version: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/release.py", version]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


def test_a_release_is_tested_written_down_tagged_and_recorded(project: Path) -> None:
    done = release(project, "0.2.0")
    assert done.returncode == 0, done.stderr
    assert "tested" in done.stdout
    tagged = git(project, "rev-list", "-n1", "v0.2.0").strip()
    recorded = tomllib.loads((project / "releases.toml").read_text())
    assert recorded == {"0.1.0": "0", "0.2.0": tagged}
    changelog = git(project, "show", "v0.2.0:CHANGELOG.md")
    assert re.search(
        r"## \[Unreleased\]\n\n## \[0\.2\.0\] - 20\d\d-\d\d-\d\d\n\n- New\.", changelog
    )
    assert 'version = "0.2.0"' in git(project, "show", "v0.2.0:pyproject.toml")
    assert git(project, "status", "--porcelain") == ""
    assert "says nothing under [Unreleased]" in release(project, "0.3.0").stderr


@pytest.mark.parametrize("version", ["", "1.0", "v1.0.0", "0.1.0", "0.0.9"])
def test_what_is_no_newer_version_is_refused(project: Path, version: str) -> None:
    assert release(project, version).returncode == 1


def test_a_release_that_fails_its_tests_leaves_nothing(project: Path) -> None:
    (project / "Makefile").write_text("test:\n\t@exit 1\n")
    commit(project, "break")
    before = git(project, "rev-parse", "HEAD")
    done = release(project, "0.2.0")
    assert "make test failed" in done.stderr
    assert git(project, "rev-parse", "HEAD") == before
    assert git(project, "status", "--porcelain") + git(project, "tag") == ""


def test_unsaved_work_and_other_branches_are_not_released(project: Path) -> None:
    (project / "notes.txt").write_text("mine")
    assert "commit or stash" in release(project, "0.2.0").stderr
    (project / "notes.txt").unlink()
    git(project, "switch", "--quiet", "--create", "work")
    assert "made on main" in release(project, "0.2.0").stderr


def test_the_newest_release_is_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert releases()[-1] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()
