"""Copier without what it does again and again in one process: six times quicker."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from copier._cli import CopierApp
from copier._main import Worker
from jinja2.sandbox import SandboxedEnvironment

from support.service import Service

_compile = SandboxedEnvironment.compile
_compiled: dict[object, Any] = {}


def compile_once(
    environment: SandboxedEnvironment,
    source: str,
    name: str | None = None,
    filename: str | None = None,
) -> Any:
    """The code of a template: Copier has the same few hundred compiled for each file it writes.

    Jinja works constants out while it compiles, and a random number is one: no two renders may
    share it.
    """
    if "random" in source:
        return _compile(environment, source, name, filename)
    # The lexer stands for the options of the environment: those that have the same share it.
    key = (environment.lexer, *environment.extensions, source, name, filename)
    if key not in _compiled:
        _compiled[key] = _compile(environment, source, name, filename)
    return _compiled[key]


@contextmanager
def quick_copier() -> Iterator[None]:
    """Compile each template once, and do not ask git for `core.fileMode` for each file.

    What Copier does after that question has an effect only where the answer is `false`: on
    Windows. The upgrades of every release run Copier as it is.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SandboxedEnvironment, "compile", compile_once)
        patch.setattr(Worker, "_sync_git_index_executable_bit", lambda *_: None)
        yield


def with_quick_copier(service: Service, folder: Path) -> Service:
    """The service with the quick one as its command `copier`, which is made in `folder`."""
    program = folder / "copier"
    tests = Path(__file__).parents[1]
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{tests}" exec "{sys.executable}" -m support.quick "$@"\n'
    )
    program.chmod(0o755)
    path = f"{folder}{os.pathsep}{service.environment()['PATH']}"
    return replace(service, settings={**service.settings, "PATH": path})


if __name__ == "__main__":
    with quick_copier():
        CopierApp.run()
