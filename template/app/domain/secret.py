"""Secrets that somebody could guess."""

import re
from collections.abc import Sequence
from itertools import pairwise

_PLACEHOLDERS = re.compile(
    "change[-_ ]?(me|this)|default|example|insecure|letmein|password|placeholder"
    "|qwerty|replace|secret",
    re.IGNORECASE,
)


def _repeats(values: Sequence[int]) -> bool:
    """Whether many a run of three comes again; in random text hardly one does."""
    runs = list(zip(values, values[1:], values[2:], strict=False))
    return len(set(runs)) < 0.75 * len(runs)


def is_placeholder(text: str) -> bool:
    """Whether `text` holds a word that stands where a secret should."""
    return _PLACEHOLDERS.search(text) is not None


def is_guessable(secret: str) -> bool:
    """Whether `secret` is a placeholder, made of few characters, repeats or counts up."""
    codes = [ord(character) for character in secret]
    steps = [after - before for before, after in pairwise(codes)]
    has_few = len(set(codes)) < 8
    return has_few or is_placeholder(secret) or _repeats(codes) or _repeats(steps)
