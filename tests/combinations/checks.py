"""What is looked at in one content, whatever else is rendered."""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml


def parse_python(text: str) -> None:
    ast.parse(text, feature_version=(3, 11))


def parse_markdown(text: str) -> None:
    assert text.startswith("# "), "no heading at the start"
    assert len(re.findall(r"^```", text, re.MULTILINE)) % 2 == 0, "a fence that is left open"
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(widths) == 1, f"a table of uneven rows: {table}"


class UniqueKeys(yaml.CSafeLoader):
    """YAML in which no key is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping; an `AssertionError` when a key is there twice."""
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), f"a key twice in {keys}"
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> None:
    list(yaml.load_all(text, UniqueKeys))


PARSERS: dict[str, Callable[[str], Any]] = {
    ".py": parse_python,
    ".toml": tomllib.loads,
    ".yaml": parse_yaml,
    ".yml": parse_yaml,
    ".json": json.loads,
    ".md": parse_markdown,
}


@cache
def problems(path: str, text: str) -> tuple[str, ...]:
    """What is wrong with a file by itself: its end, its syntax."""
    return tuple(_problems(path, text))


def _problems(path: str, text: str) -> Iterator[str]:
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield "does not end in one newline"
    if parse := PARSERS.get(Path(path).suffix):
        try:
            parse(text)
        # SyntaxError and what the parsers of JSON and TOML raise are the one or the other.
        except (AssertionError, SyntaxError, ValueError, yaml.YAMLError) as error:
            yield f"does not parse: {error}"


@cache
def left_over(path: str, text: str) -> str | None:
    """Jinja that was not rendered, where no answer holds any."""
    # An f-string may hold {{, and so may GitHub's own expressions.
    jinja = r"\{%|%\}|\{#" if path.endswith(".py") else r"\{%|%\}|\{#|(?<!\$)\{\{"
    found = re.search(jinja, text)
    return found[0] if found else None


def check_files(files: dict[str, bytes]) -> None:
    """Every file of a service is right for itself."""
    wrong = {path: problems(path, content.decode()) for path, content in files.items()}
    assert {path: found for path, found in wrong.items() if found} == {}
