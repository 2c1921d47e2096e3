"""Protections of the service, and how to switch each one off.

A test that stays green without the protection it is for proves nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Control:
    """A protection: with `old` in `path` replaced by `new`, one of `tests` must fail.

    They stop at that one; it is named where those before it take long.
    """

    name: str
    path: str
    old: str
    new: str
    tests: str
