"""Edits of a service's owner, as text: they can be made again, and looked for."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from release import numbers
from support.service import ROOT


@dataclass(frozen=True)
class Edit:
    """``text`` in the file ``path``: after the lines ``after``, or as the whole file."""

    path: str
    text: str
    after: str | None = None
    first: bool = False
    since: str = "0.1.0"
    """The first release that has the place for it."""

    def make(self, service: Path) -> None:
        file = service / self.path
        if self.after is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.text)
            return
        text, line = file.read_text(), f"\n{self.after}\n"
        # Of several the last: a file's own list comes after those of its classes.
        before, found, rest = text.partition(line) if self.first else text.rpartition(line)
        assert found, f"{self.path} has no line {self.after!r}"
        file.write_text(f"{before}{found}{self.text}{rest}")

    def has_place_in(self, release: str) -> bool:
        return numbers(self.since) <= numbers(release)

    def is_kept(self, service: Path) -> bool:
        file = service / self.path
        return file.is_file() and self.text in file.read_text()


@dataclass(frozen=True)
class Dependency(Edit):
    """A dependency that ``uv add`` writes into ``path``; the lock is left out."""

    def make(self, service: Path) -> None:
        command: list[str | Path] = [ROOT / ".venv/uv/uv", "add", "--quiet", "--frozen", self.text]
        environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
        subprocess.run(command, cwd=service, env=environment, check=True)
