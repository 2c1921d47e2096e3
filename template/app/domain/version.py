"""Which version of something a caller means."""

from dataclasses import dataclass
from typing import Protocol


class Versioned(Protocol):
    """A row that counts how often it was written, or a value that was read from one."""

    @property
    def version(self) -> int:
        """The number of the version."""


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions a caller has seen; None stands for any."""

    versions: frozenset[str] | None

    def allows(self, version: int) -> bool:
        """Whether `version` is one of them."""
        return self.versions is None or str(version) in self.versions


ANY_VERSION = IfMatch(None)
