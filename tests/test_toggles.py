"""Each option is turned on, off and on again in a service that people have changed."""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Environment, Files, Record, files_of, label, options
from support.pythons import interpreters, oldest_and_newest
from support.quick import with_quick_copier
from support.releases import commit, make_template, start_service, update
from support.service import PROVIDERS, WITHOUT_LONG, Service
from updates.scenarios import SCENARIOS, edit, lost

# The owner's, and what no two renders have in common.
LEFT_OUT = re.compile(r"\.git/|\.env$|uv\.lock$|migrations/versions/")

# The service starts with the first answers; each option is turned to each of its other answers.
BASE: dict[str, Any] = {
    "database": "sqlite",
    "ci": "none",
    "oauth_providers": ["google"],
    "redis": False,
}
TOGGLES = [
    pytest.param(name, answer, id=f"{name}-{label(answer)}")
    for name, base in BASE.items()
    for answer in options()[name]
    if answer != base
]


def compared(service: Path) -> Files:
    return {path: text for path, text in files_of(service).items() if not LEFT_OUT.match(path)}


def fresh(source: str, path: Path, answers: dict[str, Any]) -> Files:
    """A fresh render with the same edits."""
    start_service(source, path, **answers)
    edit(path)
    return compared(path)


def conflicts(service: Path) -> list[str]:
    return [
        path
        for path, text in files_of(service).items()
        if path.endswith(".rej") or re.search(rb"^(<{7}|>{7}) ", text, re.MULTILINE)
    ]


@dataclass(frozen=True)
class Start:
    """Where every toggle starts: the template, a service with edits, and its files."""

    source: str
    service: Path
    files: Files


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    source = make_template(tmp_path_factory.mktemp("source") / "template")
    service = tmp_path_factory.mktemp("start") / "service"
    files = fresh(source, service, BASE)
    commit(service, "A year of work")
    return Start(source, service, files)


@pytest.mark.parametrize(("option", "answer"), TOGGLES)
def test_toggle(
    start: Start, tmp_path: Path, record_property: Record, option: str, answer: Any
) -> None:
    service = tmp_path / "service"
    shutil.copytree(start.service, service)
    toggled = {**BASE, option: answer}
    expected = fresh(start.source, tmp_path / "fresh", toggled)
    for answers, files in ((toggled, expected), (BASE, start.files), (toggled, expected)):
        update(service, **{option: answers[option]})
        assert conflicts(service) == []
        assert lost(service) == []
        assert compared(service) == files
    record_property("edits kept", ", ".join(SCENARIOS))


def test_every_option_is_toggled() -> None:
    assert set(BASE) == {path.stem for path in (ROOT / "extensions").glob("*.yml")}


class TestServices:
    """A class of its own, so that another worker can take it."""

    def test_services_work_after_the_steps_that_the_message_names(
        self, start: Start, environment: Environment
    ) -> None:
        """Everything is turned on at once in a service with a database, and off again."""
        everything = f"redis=true --data oauth_providers=[{','.join(PROVIDERS)}] --data ci=github"
        nothing = "redis=false --data oauth_providers=[] --data ci=none"
        with tempfile.TemporaryDirectory(prefix="toggled-") as folder:
            path = Path(folder) / "service"
            start_service(start.source, path, oauth_providers=[], ci="none")
            edit(path)
            installed = Service(path, interpreters()[oldest_and_newest()[-1]], environment)
            service = with_quick_copier(installed, Path(folder))
            service.run("make", "migrate")
            commit(path, "A year of work")
            for answers in (everything, nothing):
                output = service.run("make", "update", f"args=--data {answers}")
                assert "A migration is due" in output
                commit(path, "Update")
                service.run("make", "migration", "m=update")
                service.run("make", "migrate")
                commit(path, "Migrate")
                left_out = " ".join(WITHOUT_LONG)
                assert " passed" in service.run("make", "test", f"args={left_out}")
