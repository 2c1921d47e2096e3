"""The template as people get it, from a git repository with releases, and services in git."""

import io
import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import copier

from support.service import ROOT

# What a render reads; the rest of this repository would only make the copies slower.
TEMPLATE = ("copier.yml", "extensions", "licenses", "template")

CURRENT = "999.0.0"
"""The release that stands for the working tree: newer than any other."""

_IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.com")


def git(folder: Path, *arguments: str) -> str:
    """What git prints in ``folder``."""
    command = ["git", *_IDENTITY, "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path, message: str) -> None:
    """Commit everything, also when there is nothing."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def _recorded() -> dict[str, str]:
    return tomllib.loads((ROOT / "releases.toml").read_text())


def tracked() -> list[str]:
    """The files of the template in the working tree, with those that are not committed yet."""
    listed = git(ROOT, "ls-files", "-z", "-co", "--exclude-standard", "--", *TEMPLATE)
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def releases() -> list[str]:
    """The versions that were released, the oldest first."""
    return list(_recorded())


def sources(release: str, folder: Path) -> Path:
    """Put the template of a release, or of the working tree, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    if release == CURRENT:
        for name in tracked():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        return folder
    archive = ["git", "archive", _recorded()[release], "--", *TEMPLATE]
    done = subprocess.run(archive, cwd=ROOT, capture_output=True)
    if done.returncode:
        message = f"the history has no release {release}: git fetch --unshallow"
        raise LookupError(message)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return folder


def make_template(repository: Path, *older: str) -> str:
    """A new repository ``repository`` with the ``older`` releases and that of the working tree."""
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--initial-branch=main")
    for release in [*older, CURRENT]:
        for name in TEMPLATE:
            shutil.rmtree(repository / name, ignore_errors=True)
        sources(release, repository)
        commit(repository, release)
        git(repository, "tag", f"v{release}")
    return str(repository)


def start_service(source: str, path: Path, release: str = CURRENT, **answers: Any) -> None:
    """Render a service and commit it, as the message after a render says."""
    copier.run_copy(source, path, data=answers, vcs_ref=f"v{release}", defaults=True, quiet=True)
    git(path, "init", "--quiet", "--initial-branch=main")
    commit(path, "First render")


def update(path: Path, **answers: Any) -> None:
    """What ``make update`` has Copier do; the result is committed."""
    copier.run_update(path, data=answers, defaults=True, overwrite=True, quiet=True)
    commit(path, "Update")
