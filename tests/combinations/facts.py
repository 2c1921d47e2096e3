"""What a file offers to the others of its service, and what it needs of them.

Both are words such as `module:app.core.config`, `env:APP_SECRET_KEY` or `path:docs`. A need is
met by any of its words; what is said of one that is not is the value.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

import yaml

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

SUB = re.compile(r"^([A-Z][A-Z0-9_]*)=", re.MULTILINE)
NAMED = re.compile(r"(?<![\w./-])(?:app|tests|migrations|docs)/[\w/.-]*[\w]")
STARTED = re.compile(r"python -m ((?:app|tests)(?:\.\w+)*)")
SERVED = re.compile(r"\b(app(?:\.\w+)+):(\w+)\b")


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
    if path in {"Dockerfile", "Makefile", ".pre-commit-config.yaml"}:
        for module, name in SERVED.findall(text):
            facts.need(f"{module}:{name} is not there", f"name:{module}:{name}")
            facts.offers.add(f"reach:{module}")
        for named in NAMED.findall(text):
            facts.need(f"names {named}, which is not there", f"path:{named}")
    return facts


def requirement(text: str) -> str:
    """The name of what a dependency asks for."""
    found = re.match(r"[\w.-]+", text)
    assert found, text
    return found[0].lower().replace("_", "-")


def pyproject(text: str, facts: Facts) -> None:
    """Dependencies, and the modules and paths that tools are told of."""
    data = tomllib.loads(text)
    tools = data["tool"]
    for kind, user, listed in (
        ("declared", "app", data["project"]["dependencies"]),
        ("dev", "tests", data["dependency-groups"]["dev"]),
    ):
        for name in map(requirement, listed):
            facts.offers.add(f"{kind}:{name}")
            what = f"declares {name}, which nothing uses"
            facts.need(what, f"import:{user}:{name}", f"used:{name}")
    pytest = tools["pytest"]["ini_options"]
    for option, module in zip(pytest["addopts"], pytest["addopts"][1:], strict=False):
        if option == "-p":
            facts.need(f"the plugin {module} is not there", f"module:{module}")
            facts.offers.add(f"reach:{module}")
    ignored = [*tools["ruff"]["lint"]["per-file-ignores"], *tools["ruff"]["format"]["exclude"]]
    for path in [*ignored, *tools["mypy"]["files"], *pytest["testpaths"]]:
        facts.need(f"names {path}, which is not there", f"path:{path.removesuffix('/**')}")
    for contract in tools["importlinter"]["contracts"]:
        layers = [name.strip() for layer in contract.get("layers", []) for name in layer.split("|")]
        for module in layers + contract.get("source_modules", []):
            facts.need(f"a contract names {module}, which is not there", f"module:{module}")
        for name in contract.get("forbidden_modules", []):
            facts.need(f"a contract names {name}, which is not declared", f"declared:{name}")


def environment(path: str, text: str, facts: Facts) -> None:
    """The variables of .env.example and .env."""
    for name in SUB.findall(text):
        facts.need(f"{name} is read by nothing", f"setting:{name}", f"compose:{name}")
        if path == ".env.example":
            facts.offers.add(f"env:{name}")
        else:
            facts.need(f"{name} is not in .env.example", f"env:{name}")


def compose(text: str, facts: Facts) -> None:
    """Services, volumes and variables."""
    data = yaml.safe_load(text)
    for name in re.findall(r"(?<!\$)\$\{(\w+)", text):
        facts.offers.add(f"compose:{name}")
        facts.need(f"{name} is not in .env.example", f"env:{name}")
    for name, service in data["services"].items():
        facts.offers.add(f"service:{name}")
        for other in service.get("depends_on", ()):
            facts.need(f"{name} depends on {other}, which is no service", f"service:{other}")
        for mount in service.get("volumes", ()):
            volume = mount.split(":")[0]
            if not volume.startswith((".", "/")):
                facts.offers.add(f"mount:{volume}")
                facts.need(f"{name} mounts {volume}, which is no volume", f"volume:{volume}")
        if isinstance(service.get("environment"), dict):
            for variable in service["environment"]:
                if variable.startswith("APP_"):
                    facts.need(f"{variable} is read by nothing", f"setting:{variable}")
    for volume in data.get("volumes") or ():
        facts.offers.add(f"volume:{volume}")
        facts.need(f"{volume} is mounted nowhere", f"mount:{volume}")


@cache
def facts_of(path: str, text: str) -> Facts:
    """What one content offers and needs."""
    from combinations.markdown import markdown
    from combinations.python import python

    facts = common(path, text)
    if path.endswith(".py"):
        python(path, text, facts)
    elif path.endswith(".md"):
        markdown(path, text, facts)
    elif path == "pyproject.toml":
        pyproject(text, facts)
    elif path in {".env", ".env.example"}:
        environment(path, text, facts)
    elif path == "compose.yaml":
        compose(text, facts)
    return facts
