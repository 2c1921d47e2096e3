"""The baseline that this service was rendered from, as it was before anybody changed it."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path

ANSWERS = Path(".copier-answers.yml")

# Written once, then the owner's: no update touches them.
OWNED = (".env", "uv.lock", "app/main.py", "migrations/versions/*.py")

_YOURS = re.compile(r"^\s*(#|<!--) yours\b")


class BaselineError(Exception):
    """Something cannot be done; the message says why, and what helps."""


def run(*command: str) -> str:
    """Return what a command prints; raise `BaselineError` when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        message = f"{command[0]} does not run: {error.strerror}."
        raise BaselineError(message) from None
    if done.returncode:
        message = f"{' '.join(command)} failed:\n{(done.stderr or done.stdout).strip()}"
        raise BaselineError(message)
    return done.stdout


def copier() -> list[str]:
    """Return how Copier is called here."""
    found = shutil.which("copier") is not None
    return ["copier"] if found else ["uv", "tool", "run", "copier"]


def recorded(name: str) -> str:
    """Return what Copier wrote down as `name`, such as `_commit`."""
    text = ANSWERS.read_text(encoding="utf-8") if ANSWERS.exists() else ""
    found = re.search(rf"^{name}: (.+)$", text, re.MULTILINE)
    if found is None:
        message = f"{ANSWERS} has no {name}: take it from the history, it is needed."
        raise BaselineError(message)
    return found[1].strip("'\"")


@contextmanager
def pristine() -> Iterator[Path]:
    """Yield a folder with the service as it was rendered: same release, same answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "service"
        release = ["--vcs-ref", recorded("_commit"), "--data-file", str(ANSWERS)]
        source = recorded("_src_path")
        run(*copier(), "copy", "--quiet", "--defaults", *release, source, str(path))
        yield path


def changed_files(before: Path) -> Iterator[Path]:
    """Yield the files that are not as they were rendered; owned ones are left out."""
    for original in sorted(filter(Path.is_file, before.rglob("*"))):
        path = original.relative_to(before)
        is_same = path.is_file() and path.read_bytes() == original.read_bytes()
        if not is_same and not _is_owned(path):
            yield path


def adds_yours_only(original: Path, path: Path) -> bool:
    """Whether a file is as rendered but for what was added at a line `# yours`."""
    if not path.is_file():
        return False
    was, now = _lines(original), _lines(path)
    for tag, start, *_ in SequenceMatcher(None, was, now, False).get_opcodes():
        beside = was[max(start - 1, 0) : start + 1]
        is_yours = tag == "insert" and any(map(_YOURS.match, beside))
        if tag != "equal" and not is_yours:
            return False
    return True


def _is_owned(path: Path) -> bool:
    return path == ANSWERS or any(path.match(pattern) for pattern in OWNED)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
