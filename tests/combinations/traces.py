"""The words that a choice leaves behind, which a service without it must not say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from combinations.source import Value

# What a service must not say about what it was not rendered with. A word that another option
# was answered with, as a host of code and a provider can be, is no trace of this one.
TRACES = {
    "database": {"sqlite": r"sqlite", "postgresql": r"postgres|asyncpg|pgserver"},
    "ci": {"github": r"github", "gitlab": r"gitlab", "none": r"(?!)"},
    "oauth_providers": {
        "github": r"oauth.github",
        "gitlab": r"oauth.gitlab",
        # The list of common passwords has names in small letters, and so has a library.
        "google": r"oauth.google|(?-i:Google)",
        "microsoft": r"oauth.microsoft|(?-i:Microsoft)|\bentra\b",
        "oidc": r"oauth.oidc|(?-i:\bOIDC\b)",
    },
}

# Nor what belongs to no choice in particular, of options that can be answered with none.
TRACES_OF_ANY = {
    # The sign-in with a password is OAuth's too, and redaction knows names of the protocol.
    "oauth_providers": r"authlib|openid|app_oauth|oauth_(?:account|code|state)s?\b|[./]oauth\b",
    # Licences speak of redistribution.
    "redis": r"redis(?!tribut)|valkey|cashews",
}


@dataclass(frozen=True)
class Trace:
    """What `pattern` finds is of `choice`, or when that is None of any choice of `option`."""

    option: str
    choice: str | None
    pattern: str

    def __str__(self) -> str:
        return f"{self.option}: {self.choice}" if self.choice else self.option

    def questions(self, domains: Mapping[str, list[Value]]) -> set[str]:
        """Those whose answers say whether it is wanted."""
        if self.choice is None:
            return {self.option}
        return {name for name, values in domains.items() if any(map(self._is_in, values))}

    def is_wanted(self, answers: Mapping[str, Value]) -> bool:
        """Whether one of the answers is, or has, the choice."""
        if self.choice is None:
            return bool(answers[self.option])
        return any(map(self._is_in, answers.values()))

    def _is_in(self, answer: Value) -> bool:
        return self.choice in answer if isinstance(answer, tuple) else answer == self.choice


ALL = [Trace(option, None, pattern) for option, pattern in TRACES_OF_ANY.items()] + [
    Trace(option, choice, pattern)
    for option, choices in TRACES.items()
    for choice, pattern in choices.items()
]


@cache
def speaks(line: str) -> frozenset[tuple[Trace, str]]:
    """What a line of a file speaks of, with the word."""
    found = ((trace, re.search(trace.pattern, line, re.IGNORECASE)) for trace in ALL)
    return frozenset((trace, match[0]) for trace, match in found if match)


def spoken(path: str, text: str) -> Iterator[tuple[Trace, str]]:
    """Each trace in a file and its path, once."""
    seen = set()
    for line in (path, *text.splitlines()):
        for trace, word in speaks(line):
            if trace not in seen:
                seen.add(trace)
                yield trace, word
