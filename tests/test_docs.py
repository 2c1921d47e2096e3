"""The pages of this repository, and the README of a rendered service, against what is there."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Render
from support.markdown import Page

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

# Files that a page of the template names and a service has, or will have.
OF_A_SERVICE = {".env", ".env.example", ".copier-answers.yml", "compose.yaml", "uv.lock"}
# What make creates here.
MADE = {".venv"}
# Made by the commands of a service's README.
MADE_IN_A_SERVICE = {"uv.lock", "app.db"}


def targets(makefile: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", makefile.read_text(), re.MULTILINE))


def make_targets(page: Page) -> Iterator[str]:
    for command in page.commands:
        words = shlex.split(command, comments=True)
        if words[:1] == ["make"]:
            yield from (word for word in words[1:] if "=" not in word)


def exists(root: Path, path: str) -> bool:
    """Whether it is there; a name without a folder may be in any."""
    pattern = re.sub(r"<\w+>", "*", path.rstrip("/"))
    return (root / pattern).exists() or any(
        root.glob(pattern if "/" in path else f"app/**/{pattern}")
    )


def check_links(page: Page) -> None:
    for link in page.links:
        if re.match(r"https://", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in Page(path).anchors, f"{link} names no heading"


@pytest.fixture(params=PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def page(request: pytest.FixtureRequest) -> Page:
    return Page(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def readme(request: pytest.FixtureRequest, render: Render) -> Page:
    """The README of a service with that database."""
    return Page(render(database=request.param) / "README.md")


def test_commands_of_the_repository_exist(page: Page) -> None:
    # A page of the template speaks of a service's commands as well.
    known = targets(ROOT / "Makefile") | targets(ROOT / "template/Makefile")
    assert set(make_targets(page)) <= known


def test_paths_in_commands_of_the_repository_exist(page: Page) -> None:
    words = [word for command in page.commands for word in command.split() if command[0] == "."]
    paths = [word for word in words if "/" in word]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_paths_of_the_repository_exist(page: Page) -> None:
    named = {path for path in page.paths if path.split("/")[0] not in OF_A_SERVICE | MADE}
    assert [path for path in sorted(named) if not known_path(path)] == []


def known_path(path: str) -> bool:
    return exists(ROOT, path) or (ROOT / "template" / path).exists()


def test_links_of_the_repository_lead_somewhere(page: Page) -> None:
    check_links(page)


def test_every_document_is_reachable_from_the_index() -> None:
    index = Page(ROOT / "docs/README.md")
    linked = {(index.path.parent / link).resolve() for link in index.links}
    pages = {path for path in PAGES if path.parent == ROOT / "docs"} - {index.path}
    assert pages <= linked


def test_every_folder_of_the_repository_is_in_the_layout() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True
    )
    folders = {f"{path.split('/')[0]}/" for path in listed.stdout.splitlines() if "/" in path}
    assert folders - {".ci/", ".github/"} <= set(Page(ROOT / "docs/layout.md").paths)


def questions() -> dict[str, object]:
    """Each question that is asked, and its default."""
    asked = {}
    for source in (ROOT / "copier.yml", *sorted((ROOT / "extensions").glob("*.yml"))):
        text = re.sub(r"^!include.*$", "", source.read_text(), flags=re.MULTILINE)
        for document in yaml.safe_load_all(text):
            for name, question in (document or {}).items():
                if not name.startswith("_") and question.get("when", True) is not False:
                    asked[name] = question["default"]
    return asked


def test_the_options_are_those_that_are_asked() -> None:
    rows = {cells[0].strip("`"): cells for cells in Page(ROOT / "README.md").rows("Options")}
    assert rows.keys() == questions().keys()
    for name, default in questions().items():
        # As YAML and the command line have them.
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        if "{{" not in shown:
            assert rows[name][2] == f"`{shown}`"


def test_copier_copy_does_what_the_readme_says(tmp_path: Path) -> None:
    line = next(c for c in Page(ROOT / "README.md").commands if c.startswith("uvx copier copy "))
    words = shlex.split(line.removeprefix("uvx copier "))
    words[words.index("REPOSITORY")] = str(ROOT)
    # Where nothing is released the working tree is what there is to render.
    command = [sys.executable, "-m", "copier", *words, "--defaults", "--vcs-ref", "HEAD"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / words[-1] / "README.md").exists()


def test_commands_of_a_service_exist(readme: Page) -> None:
    named = set(make_targets(readme))
    assert {"dev", "test", "check", "migrate", "migration", "update"} <= named
    assert named <= targets(readme.path.parent / "Makefile")


def test_paths_of_a_service_exist(readme: Page) -> None:
    assert len(readme.paths) > 20
    # The slice that the README tells how to add is the users' slice under another name.
    named = {path.replace("order", "user") for path in readme.paths} - MADE_IN_A_SERVICE
    assert [path for path in sorted(named) if not exists(readme.path.parent, path)] == []


def test_every_folder_of_a_service_has_an_owner(readme: Page) -> None:
    service = readme.path.parent
    owned = Page(readme.path).rows("Whose file is it?")
    named = " ".join(row[0] for row in owned)
    for folder in sorted(path for path in (service / "app").iterdir() if path.is_dir()):
        assert f"`app/{folder.name}/`" in named


def test_links_of_a_service_lead_somewhere(readme: Page) -> None:
    check_links(readme)
