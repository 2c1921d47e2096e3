"""The interpreters of this machine, found by running them.

A name in PATH proves nothing: pyenv puts a shim there for every version it ever installed, and most
of them refuse to run.
"""

import os
import subprocess
from functools import cache
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")

# Run by the interpreter in question: its version, and its own path rather than a shim's.
PROBE = "import sys; print('{}.{}'.format(*sys.version_info), sys._base_executable)"


def candidates(version: str) -> list[Path]:
    name = f"python{version}"
    folders = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    # pyenv's root is the folder that holds its shims.
    pyenvs = [folder.parent for folder in folders if folder.name == "shims"]
    pyenvs.append(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")))
    return [
        *(folder / name for folder in folders),
        *(path for pyenv in pyenvs for path in sorted(pyenv.glob(f"versions/*/bin/{name}"))),
        *sorted((Path.home() / ".local/share/uv/python").glob(f"*/bin/{name}")),
    ]


def probe(candidate: Path, version: str) -> Path | None:
    """The interpreter behind ``candidate`` when it runs and is of ``version``."""
    if not os.access(candidate, os.X_OK):
        return None
    done = subprocess.run([candidate, "-c", PROBE], capture_output=True, text=True)
    found, _, path = done.stdout.strip().partition(" ")
    return Path(path) if done.returncode == 0 and found == version else None


@cache
def interpreters() -> dict[str, Path]:
    """Each supported version that runs here, oldest first."""
    found: dict[str, Path] = {}
    for version in SUPPORTED:
        working = (probe(candidate, version) for candidate in candidates(version))
        if path := next((path for path in working if path), None):
            found[version] = path
    return found


def oldest_and_newest() -> list[str]:
    """The versions that the variants run on."""
    versions = list(interpreters())
    return list(dict.fromkeys([versions[0], versions[-1]]))


def coverage() -> list[str]:
    """For each supported version, whether the variants run on it, and why not."""
    lines = []
    for version in SUPPORTED:
        path = interpreters().get(version)
        if path is None:
            lines.append(f"{version} NOT run: not found")
        elif version in oldest_and_newest():
            lines.append(f"{version} run on {path}")
        else:
            lines.append(f"{version} NOT run: neither the oldest nor the newest found ({path})")
    return lines
