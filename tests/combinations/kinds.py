"""The facts of a file, by its kind."""

from contextlib import suppress
from functools import cache

import yaml

from combinations.configuration import compose, environment, pyproject
from combinations.facts import Facts, common
from combinations.markdown import markdown
from combinations.python import python


@cache
def facts_of(path: str, text: str) -> Facts:
    """What one content offers and needs."""
    facts = common(path, text)
    # What does not parse says nothing; that it does not is found elsewhere.
    with suppress(SyntaxError, ValueError, yaml.YAMLError):
        _add(path, text, facts)
    return facts


def _add(path: str, text: str, facts: Facts) -> None:
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
