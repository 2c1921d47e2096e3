"""What a file offers to the others of its service, and what it needs of them.

Both are words such as `module:app.core.config`, `env:APP_SECRET_KEY` or `path:docs`. A need is
met by any of its words; what is said of one that is not is the value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

Needs = dict[tuple[str, ...], str]


@dataclass
class Facts:
    """Of one content."""

    offers: set[str] = field(default_factory=set)
    needs: Needs = field(default_factory=dict)

    def need(self, what: str, *words: str) -> None:
        """Need one of these words; `what` is wrong when there is none."""
        self.needs[words] = what


@dataclass(frozen=True)
class Use:
    """How a dependency is used that nothing imports: the pattern is in a file of that path."""

    path: str
    pattern: str


USED_OTHERWISE = {
    "pytest-asyncio": Use("pyproject.toml", r"asyncio_mode"),
    "pytest-xdist": Use("Makefile", r"pytest --numprocesses"),
    "mypy": Use("Makefile", r"uv run mypy"),
    "ruff": Use("Makefile", r"uv run ruff check"),
    "import-linter": Use("Makefile", r"uv run lint-imports"),
    "pre-commit": Use(".pre-commit-config.yaml", r"pre-commit install"),
    # SQLAlchemy loads the driver that the URL names.
    "aiosqlite": Use(".env.example", r"sqlite\+aiosqlite:"),
    "asyncpg": Use(".env.example", r"postgresql\+asyncpg:"),
    "uvicorn": Use("Dockerfile", r'"uvicorn"'),
    # FastAPI reads forms with it, pydantic checks addresses with it.
    "python-multipart": Use(r"app/.*\.py", r"\bForm\("),
    "email-validator": Use(r"app/.*\.py", r"\bEmailStr\b"),
    # Stubs, for mypy.
    "types-psutil": Use(r"tests/.*\.py", r"^import psutil"),
    "types-authlib": Use(r"app/.*\.py", r"^from authlib"),
}

# The packages at the top of a service.
ROOTS = ("app", "migrations", "scripts", "tests")

_ROOT = f"(?:{'|'.join(ROOTS)})"
NAMED = re.compile(rf"(?<![\w./-])(?:{_ROOT}|docs)/[\w/.-]*[\w]")
STARTED = re.compile(rf"python -m ({_ROOT}(?:\.\w+)*)")
SERVED = re.compile(rf"""["' ]({_ROOT}(?:\.\w+)+):(\w+)["' ]""")


def used_otherwise(path: str, text: str) -> Iterator[str]:
    """The dependencies that a file uses without an import."""
    for name, use in USED_OTHERWISE.items():
        if re.fullmatch(use.path, path) and re.search(use.pattern, text, re.MULTILINE):
            yield f"used:{name}"


def common(path: str, text: str) -> Facts:
    """What can be said of any file."""
    parents = [str(parent) for parent in PurePosixPath(path).parents]
    facts = Facts({f"path:{each}" for each in (path, *parents)} | set(used_otherwise(path, text)))
    for module in STARTED.findall(text):
        started = f"{module}.__main__" if "." not in module else module
        facts.need(f"python -m {module} starts nothing", f"module:{started}")
        facts.offers.add(f"reach:{started}")
    for module, name in SERVED.findall(text):
        facts.need(f"{module}:{name} is not there", f"name:{module}:{name}")
        facts.offers.add(f"reach:{module}")
    if path in {"Dockerfile", "Makefile", ".pre-commit-config.yaml"}:
        for named in NAMED.findall(text):
            facts.need(f"names {named}, which is not there", f"path:{named}")
    return facts
