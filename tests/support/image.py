"""A Dockerfile, as far as its promises need reading: no engine is at hand to build it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Image:
    """The Dockerfile at ``path``."""

    path: Path

    @property
    def stages(self) -> list[list[tuple[str, str]]]:
        """Each stage as its instructions: a name and what follows it."""
        text = re.sub(r"^\s*#.*\n", "", self.path.read_text(), flags=re.MULTILINE)
        lines = text.replace("\\\n", " ").splitlines()
        found: list[list[tuple[str, str]]] = []
        for name, _, rest in (line.strip().partition(" ") for line in lines if line.strip()):
            if name == "FROM":
                found.append([])
            found[-1].append((name, rest.strip()))
        return found

    def last(self, name: str) -> str:
        """What follows the last ``name`` of the final stage."""
        return [rest for instruction, rest in self.stages[-1] if instruction == name][-1]

    @property
    def command(self) -> list[str]:
        """The command, which must be in exec form: a JSON list."""
        words: list[str] = json.loads(self.last("CMD"))
        return words

    @property
    def health_check(self) -> list[str]:
        """The command of the health check, in exec form as well."""
        words: list[str] = json.loads(self.last("HEALTHCHECK").partition("CMD ")[2])
        return words
