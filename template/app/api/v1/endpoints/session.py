"""Where one is signed in."""

from uuid import UUID

from fastapi import APIRouter, status

from app.api.access import Me
from app.api.dependencies import ClaimsDep, SessionServiceDep
from app.schemas.pagination import Cursor, Limit, Page, decode_cursor, encode_cursor
from app.schemas.session import SessionRead

router = APIRouter(prefix="/auth/sessions", tags=["auth"])


@router.get("")
async def list_sessions(
    user: Me,
    claims: ClaimsDep,
    sessions: SessionServiceDep,
    limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Page[SessionRead]:
    """List one's own live sessions, oldest first."""
    found, after = await sessions.search(user, limit=limit, after=decode_cursor(cursor))
    items = [SessionRead.of(session, current_id=claims.sid) for session in found]
    return Page(items=items, next_cursor=encode_cursor(after))


@router.delete("/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_session(session_id: UUID, user: Me, sessions: SessionServiceDep) -> None:
    """End one of one's own sessions, at once."""
    await sessions.end(user, session_id)
