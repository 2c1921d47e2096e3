"""The format and the lint of many Python files in two calls of ruff."""

import subprocess
import sysconfig
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from combinations.contents import Content
from combinations.facts import ROOTS

RUFF = Path(sysconfig.get_path("scripts")) / "ruff"


def ruff(folder: Path) -> list[str]:
    """What the formatter and the linter say of a folder, nothing when it is right."""
    found = []
    for command in (["format", "--check", "--diff"], ["check", "--output-format", "concise"]):
        done = subprocess.run(
            [RUFF, *command, "--quiet", "--no-cache", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            found.append(done.stdout + done.stderr)
    return found


def lay_out(contents: Iterable[Content], folder: Path) -> int:
    """Write services that have every Python content between them; return how many.

    Where a path has several contents the n-th is in the n-th service. Each has the
    settings and all the packages, for the linter looks at those too.
    """
    settings, python = set(), defaultdict(list)
    for content in contents:
        if content.path == "pyproject.toml":
            # Of which there are many, with one way to be linted.
            ruffs = str(tomllib.loads(content.text)["tool"]["ruff"])
            settings.add(ruffs)
            pyproject = content.text
        elif content.path.endswith(".py"):
            python[content.path].append(content.text)
    assert len(settings) == 1, "the settings of the linter depend on answers"
    services = max(map(len, python.values()))
    packages = [path for path in python if path.endswith("/__init__.py")]
    for number in range(services):
        service = folder / f"service{number}"
        for root in ROOTS:
            (service / root).mkdir(parents=True)
        (service / "pyproject.toml").write_text(pyproject)
        for path, texts in python.items():
            if number < len(texts) or path in packages:
                target = service / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(texts[min(number, len(texts) - 1)], encoding="utf-8")
    return services


def check_style(folder: Path) -> None:
    """A rendered service is formatted and linted."""
    assert ruff(folder) == []
