"""Copier without what it does again and again in one process: ten times quicker."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import copier._main
import copier._subproject
import copier._template
import pytest
import yaml
from copier._cli import CopierApp
from copier._main import Worker
from copier._template import Template
from copier._vcs import get_repo
from jinja2.sandbox import SandboxedEnvironment

from support.service import Service

# "random" in a tag, up to the end of which there is no other.
_RANDOM = re.compile(r"\{[{%](?:(?![%}]\}).)*random", re.DOTALL)

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
    if _RANDOM.search(source):
        return _compile(environment, source, name, filename)
    # The lexer stands for the options of the environment: those that have the same share it.
    key = (environment.lexer, *environment.extensions, source, name, filename)
    if key not in _compiled:
        _compiled[key] = _compile(environment, source, name, filename)
    return _compiled[key]


_render_string = Worker._render_string


def render_string(worker: Worker, string: str, extra_context: Any = None) -> str:
    """A text without a brace, such as a part of most paths, is itself what it renders to."""
    return _render_string(worker, string, extra_context) if "{" in string else string


_answers_relpath = vars(Worker)["answers_relpath"]


def answers_relpath(worker: Worker) -> Path:
    """The same for the name of the answers file, which Copier renders for each part of a path."""
    path = str(worker.answers_file or worker.template.answers_relpath)
    return Path(_answers_relpath.__get__(worker)) if "{" in path else Path(path)


class KeptTemplate(Template):
    """A template whose clone is there for the next render."""

    def _cleanup(self) -> None:
        pass


_templates: dict[object, KeptTemplate] = {}


def template_once(url: str, ref: str | None = None, use_prereleases: bool = False) -> Template:
    """A template at a ref, cloned and read once for as long as no branch or tag of it moves.

    Copier clones it for each render, and an update is three. HEAD stands for uncommitted changes as
    well, and a folder without git may change at any time: these are read each time.
    """
    repository = Path(url, ".git")
    if ref == "HEAD" or not repository.is_dir():
        return Template(url=url, ref=ref, use_prereleases=use_prereleases)
    files = [repository / "packed-refs", *sorted((repository / "refs").rglob("*"))]
    refs = tuple((path, path.read_text()) for path in files if path.is_file())
    key = (url, ref, use_prereleases, refs)
    if key not in _templates:
        _templates[key] = KeptTemplate(url=url, ref=ref, use_prereleases=use_prereleases)
    return _templates[key]


@contextmanager
def quick_copier() -> Iterator[None]:
    """Compile, clone and recognise each template once; read YAML with the parser that is in C.

    Nor is git asked for `core.fileMode` for each file: what Copier does after that question has an
    effect only where the answer is `false`, on Windows. The upgrades of every release run Copier as
    it is.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SandboxedEnvironment, "compile", compile_once)
        patch.setattr(Worker, "_sync_git_index_executable_bit", lambda *_: None)
        patch.setattr(Worker, "_render_string", render_string)
        patch.setattr(Worker, "answers_relpath", property(answers_relpath))
        patch.setattr(copier._template, "get_repo", cache(get_repo))
        patch.setattr(yaml, "SafeLoader", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for module in (copier._main, copier._subproject):
            patch.setattr(module, "Template", template_once)
        try:
            yield
        finally:
            while _templates:
                Template._cleanup(_templates.popitem()[1])


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
