"""Entity tags: what a client has seen, and may change only if it is still so.

A row with a `VersionMixin` has one: its version (RFC 9110, 8.8.3).
"""

import re
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response

from app.domain.version import ANY_VERSION, IfMatch
from app.models.base import VersionMixin

RowT = TypeVar("RowT", bound=VersionMixin)

# RFC 9110, 13.1.1; empty elements of the list are allowed (5.6.1). Tags of other
# characters are valid too, but never ours.
_IF_MATCH = r'^(\*|([ \t,]*(W/)?"[!#-~]*")+[ \t,]*)$'
_TAGS = re.compile(r'(W/)?"([!#-~]*)"')


async def _parse_if_match(
    if_match: Annotated[str | None, Header(max_length=1000, pattern=_IF_MATCH)] = None,
) -> IfMatch:
    """Return what the header allows; what is no list of tags is refused with 422.

    A client that forgot the quotes is told so, and not that somebody was faster.
    """
    if if_match is None or if_match == "*":
        return ANY_VERSION
    # A weak tag never matches: the comparison is the strong one.
    return IfMatch(frozenset(tag for weak, tag in _TAGS.findall(if_match) if not weak))


IfMatchDep = Annotated[IfMatch, Depends(_parse_if_match)]
"""For a route that is about one row; what it says is checked by `app.services.base`."""


def with_etag(response: Response, row: RowT) -> RowT:
    """Return `row`, which the answer shows, after tagging the answer with its version."""
    response.headers["ETag"] = f'"{row.version}"'
    return row
