"""The password policy: length and a list of common ones, no composition rules.

After OWASP ASVS 5.0, 6.2: at least 8 characters, long ones allowed, every character
allowed, none of the passwords everyone tries first.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.domain.text import check_text

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128


@cache
def _common_passwords() -> frozenset[str]:
    path = Path(__file__).with_name("common_passwords.txt")
    return frozenset(path.read_text(encoding="utf-8").splitlines())


def check_not_guessable(password: str, *, words: Iterable[str]) -> str:
    """Return `password` unchanged; raise `ValueError` when it is little but a word of `words`.

    Those are what an attacker would try for this very account: its address, the name of
    the service. Without the word a password would still have to be long enough.
    """
    folded = password.casefold()
    for word in map(str.casefold, words):
        rest = folded.replace(word, "")
        if len(word) > 2 and word in folded and len(rest) < MIN_PASSWORD_LENGTH:
            message = (
                "This password is too close to the account's own data; choose another."
            )
            raise ValueError(message)
    return password


def check_password(password: str) -> str:
    """Return `password` unchanged; raise `ValueError`, never quoting it, when refused."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        message = (
            f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters."
        )
        raise ValueError(message)
    check_text(password)
    if len(set(password)) == 1 or password.casefold() in _common_passwords():
        message = "This password is one of the most common ones; choose another."
        raise ValueError(message)
    return password
