"""Protections, and how to switch each one off.

A test that stays green without the protection it is for proves nothing.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_COPIED = ("app", "migrations", "tests", "pyproject.toml")


@dataclass(frozen=True)
class Control:
    """A protection: with `old` in `path` replaced by `new`, `test` in `tests/` must fail."""

    name: str
    path: str
    old: str
    new: str
    test: str


# Plugins that generate tests: there are none here, and their imports take long.
_NOT_NEEDED = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")


def _copy(folder: Path) -> None:
    """Copy the service, with the code that Python has compiled of it."""
    for name in _COPIED:
        if Path(name).is_dir():
            shutil.copytree(name, folder / name)
        else:
            shutil.copy(name, folder)


def _switch_off(control: Control, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    count = text.count(control.old)
    assert count == 1, f"{control.path} holds what is to be replaced {count} times"
    file.write_text(text.replace(control.old, control.new), encoding="utf-8")


async def assert_noticed(control: Control, folder: Path) -> None:
    """The test of a protection fails in a copy of the service that lacks it."""
    _copy(folder)
    _switch_off(control, folder / control.path)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = await asyncio.to_thread(
        subprocess.run,
        [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "--tb=short",
            *_NOT_NEEDED,
            f"tests/{control.test}",
        ],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # A test failed, and not because the copy is broken: then there would be errors alone.
    assert done.returncode == 1, done.stdout
    assert re.search(r"^(=.* )?1 failed\b", done.stdout, re.MULTILINE), done.stdout
