"""`make update` and `make doctor`, as the owner of a service runs them."""

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT, Environment, documents
from support.pythons import interpreters, oldest_and_newest
from support.quick import with_quick_copier
from support.releases import commit, git, make_template, start_service
from support.service import Service

NEWER = "999.1.0"

# A line of the baseline that the newer release changes, and the owner as well.
BEFORE = "You need Python 3.11 or newer, make and"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The template, with a release after this one."""
    repository = tmp_path_factory.mktemp("source") / "template"
    make_template(repository)
    readme = repository / "template/README.md.jinja"
    readme.write_text(readme.read_text().replace(BEFORE, "Today you need"))
    commit(repository, "newer")
    git(repository, "tag", f"v{NEWER}")
    return str(repository)


@pytest.fixture
def service(source: str, tmp_path: Path, environment: Environment) -> Service:
    """A service of the release before the newest."""
    path = tmp_path / "service"
    start_service(source, path, redis=True)
    service = Service(path, interpreters()[oldest_and_newest()[-1]], environment)
    return with_quick_copier(service, tmp_path)


def change(service: Service, path: str, old: str, new: str) -> None:
    """An edit, committed."""
    file = service.path / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    commit(service.path, "Edit")


def status(service: Service) -> str:
    return git(service.path, "status", "--porcelain")


def test_unsaved_work_is_not_mixed_with_an_update(service: Service) -> None:
    (service.path / "notes.txt").write_text("mine")
    code, output = service.try_run("make", "update")
    assert code != 0
    assert "Commit or stash your changes first" in output
    assert status(service) == "?? notes.txt\n"


def test_an_update_comes_in_and_the_next_one_changes_nothing(service: Service) -> None:
    change(service, "app/api/redis.py", '"""', '"""Ours. ')
    assert "Updated." in service.run("make", "update")
    assert "Today you need" in (service.path / "README.md").read_text()
    assert "Ours." in (service.path / "app/api/redis.py").read_text()
    assert status(service) == " M .copier-answers.yml\n M README.md\n"
    commit(service.path, "Update")
    service.run("make", "update")
    assert status(service) == ""


def test_edited_files_of_an_option_that_is_turned_off_are_named(service: Service) -> None:
    change(service, "app/api/redis.py", '"""', '"""Ours. ')
    change(service, "app/services/invalidation.py", "# yours\n", "# yours\n    # ours too\n")
    (service.path / "tests/redis/test_limits.py").unlink()
    commit(service.path, "Delete")
    output = service.run("make", "update", "args=--data redis=false")
    named = re.search(r"Deleted, though you had changed them.*\n((?:  .*\n)+)", output)
    assert named, output
    assert named[1].split() == ["app/api/redis.py", "app/services/invalidation.py"]
    assert not (service.path / "app/api/redis.py").exists()


@pytest.mark.parametrize(
    ("option", "file"), [("", "README.md"), ("--conflict=rej", "README.md.rej")]
)
def test_conflicts_fail_and_are_named(service: Service, option: str, file: str) -> None:
    change(service, "README.md", BEFORE, "At our place you need")
    code, output = service.try_run("make", "update", f"args={option}")
    assert code != 0
    assert re.search(rf"resolve them in:\n  {file}$", output, re.MULTILINE), output


def test_a_migration_that_is_due_is_named(service: Service) -> None:
    output = service.run("make", "update", "args=--data oauth_providers=[google]")
    assert "A migration is due" in output
    commit(service.path, "Update")
    service.run("make", "migration", "m=update")
    commit(service.path, "Migrate")
    output = service.run("make", "update", "args=--data ci=none")
    assert "A migration is due" not in output


def test_the_same_files_are_the_owners_in_a_render_and_afterwards() -> None:
    skipped = documents(ROOT)[0]["_skip_if_exists"]
    module = (ROOT / "template/scripts/baseline.py").read_text()
    owned = re.search(r"^OWNED = (\(.*\))$", module, re.MULTILINE)
    assert owned
    assert list(ast.literal_eval(owned[1])) == skipped


def test_doctor_tells_distance_changes_and_settings(service: Service) -> None:
    change(service, "app/core/cache/__init__.py", '"""', '"""Ours. ')
    change(service, "app/domain/permission.py", "    # yours\n", '    # yours\n    X = "x"\n')
    (service.path / "LICENSE").unlink()
    env = service.path / ".env"
    env.write_text(re.sub("^REDIS_PASSWORD=.*\n", "", env.read_text(), flags=re.MULTILINE))
    code, output = service.try_run("make", "doctor")
    assert code != 0
    assert f"Baseline: 999.0.0, and {NEWER} is out: make update." in output
    changed = re.search(r"changed by hand: 2\.\n((?:  .*\n)+)", output)
    assert changed, output
    assert changed[1].splitlines() == ["  LICENSE (deleted)", "  app/core/cache/__init__.py"]
    assert "REDIS_PASSWORD: not in .env" in output
    assert "The settings are fine." in output


def test_doctor_tells_settings_that_were_renamed(service: Service) -> None:
    env = service.path / ".env"
    env.write_text(env.read_text().replace("APP_REDIS_URL", "APP_REDIS_URI"))
    code, output = service.try_run("make", "doctor")
    assert code != 0
    assert "APP_REDIS_URI: unknown; did you mean APP_REDIS_URL?" in output
    env.write_text(env.read_text().replace("APP_REDIS_URI", "APP_REDIS_URL"))
    service.run("make", "doctor")


def test_a_service_that_knows_no_release_is_told_so(service: Service) -> None:
    (service.path / ".copier-answers.yml").unlink()
    code, output = service.try_run("make", "doctor")
    assert code != 0
    assert ".copier-answers.yml" in output
    assert "Traceback" not in output
