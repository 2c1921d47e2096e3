"""Entity tags: what a client has seen, and may change only if it is still so.

A row with a `VersionMixin` has one: its version (RFC 9110, 8.8.3).
"""

import re
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response

from app.domain.version import ANY_VERSION, IfMatch, Versioned

RowT = TypeVar("RowT", bound=Versioned)

# RFC 9110, 8.8.3, 13.1.1 and 5.6.1, by which a list may have empty elements.
_TAG = r'(W/)?"([!#-~\x80-\xff]*)"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}([ \t]*,[ \t,]*{_TAG})*[ \t,]*")

Tags = Annotated[str, Header(alias="If-Match", max_length=1000)]


async def _parse_if_match(tags: Tags = "*") -> IfMatch:
    """Return what the header allows: nothing at all when it is no list of tags.

    So what is meant as a condition never counts as none.
    """
    if tags == "*":
        return ANY_VERSION
    if not _TAGS.fullmatch(tags):
        return IfMatch(frozenset())
    # A weak tag never matches: the comparison is the strong one.
    return IfMatch(frozenset(tag for weak, tag in re.findall(_TAG, tags) if not weak))


def has_tag(if_none_match: str | None, tag: str) -> bool:
    """Whether the header names this tag or any: the comparison is weak (13.1.2)."""
    named = (if_none_match or "").strip()
    if named == "*":
        return True
    if not _TAGS.fullmatch(named):
        return False
    return tag in {each for _, each in re.findall(_TAG, named)}


IfMatchDep = Annotated[IfMatch, Depends(_parse_if_match)]
"""For a route that is about one row; what it says is checked by `app.services.base`."""


def with_etag(response: Response, row: RowT) -> RowT:
    """Return `row`, which the answer shows, after tagging the answer with its version."""
    response.headers["ETag"] = f'"{row.version}"'
    return row
