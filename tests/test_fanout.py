"""An option that is flipped changes its own files and a few shared ones, nothing else."""

import fnmatch
import re
from typing import Any

import pytest
from conftest import ROOT, Render, files_of, label, options

SHARED = {
    "pyproject.toml",
    "app/registry.py",
    ".env.example",
    "README.md",
    "compose.yaml",
    # Written once: of a service that has it, an option changes nothing there.
    "migrations/versions/0001_initial.py",
}

# What every render has its own of: the answers, and random secrets.
OWN_OF_EACH_RENDER = {".copier-answers.yml", ".env"}

OPTIONS = [path.stem for path in sorted((ROOT / "extensions").glob("*.yml"))]

SMALLEST = {"database": "sqlite", "ci": "none", "oauth_providers": [], "redis": False}
LARGEST = {
    "database": "postgresql",
    "ci": "github",
    "oauth_providers": options()["oauth_providers"][-1],
    "redis": True,
}

FLIPS = [
    pytest.param(base, option, value, id=f"{name}-{option}-{label(value)}")
    for name, base in (("smallest", SMALLEST), ("largest", LARGEST))
    for option in OPTIONS
    for value in options()[option]
    if value != base[option]
]


def owned(option: str) -> list[str]:
    """The paths that an extension drops when it is off; those of a loop, of each choice."""
    text = (ROOT / "extensions" / f"{option}.yml").read_text()
    paths = re.findall(r"^    /(.+)$", text, re.MULTILINE)
    every = options()[option][-1]
    return [
        path.replace("{{ name }}", choice)
        for path in paths
        for choice in (every if "{{ name }}" in path else [""])
    ]


def is_owned(path: str, patterns: list[str]) -> bool:
    return any(
        fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/") for pattern in patterns
    )


@pytest.mark.parametrize(("base", "option", "value"), FLIPS)
def test_flip(render: Render, base: dict[str, Any], option: str, value: Any) -> None:
    before = files_of(render(**base))
    after = files_of(render(**{**base, option: value}))
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    own = owned(option)
    foreign = {path for path in changed - OWN_OF_EACH_RENDER if not is_owned(path, own)}
    assert foreign <= SHARED


def test_covers_every_option() -> None:
    assert set(SMALLEST) == set(LARGEST) == set(OPTIONS)


@pytest.mark.parametrize("option", OPTIONS)
def test_owns_only_what_exists(option: str) -> None:
    for path in owned(option):
        template = ROOT / "template"
        assert (template / path).exists() or (template / f"{path}.jinja").exists(), path
