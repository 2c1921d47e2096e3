"""The password policy: length and a list of common ones, no composition rules.

After OWASP ASVS 5.0, 6.2: at least 8 characters, long ones allowed, every character
allowed, none of the passwords everyone tries first.
"""

from functools import cache
from pathlib import Path

from app.domain.text import check_text

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128


@cache
def _common_passwords() -> frozenset[str]:
    path = Path(__file__).with_name("common_passwords.txt")
    return frozenset(path.read_text(encoding="utf-8").splitlines())


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
