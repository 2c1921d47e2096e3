"""Which version of something a caller means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions a caller has seen; None stands for any."""

    versions: frozenset[str] | None

    def allows(self, version: int) -> bool:
        """Whether `version` is one of them."""
        return self.versions is None or str(version) in self.versions


ANY_VERSION = IfMatch(None)
