"""Secrets that somebody could guess."""

import re
from itertools import pairwise

_PLACEHOLDERS = re.compile(
    "change[-_ ]?(me|this)|default|example|insecure|letmein|password|placeholder"
    "|qwerty|replace|secret",
    re.IGNORECASE,
)


def is_placeholder(text: str) -> bool:
    """Whether `text` holds a word that stands where a secret should."""
    return _PLACEHOLDERS.search(text) is not None


def is_guessable(secret: str) -> bool:
    """Whether `secret` is a placeholder, made of few characters, repeats or counts up."""
    has_few = len(set(secret)) < 8
    return has_few or is_placeholder(secret) or _is_regular(secret)


def _is_regular(text: str) -> bool:
    # In what repeats or counts, the steps from character to character come again; of
    # random text hardly one run of three steps does.
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    runs = list(zip(steps, steps[1:], steps[2:], strict=False))
    return len(set(runs)) < 0.75 * len(runs)
