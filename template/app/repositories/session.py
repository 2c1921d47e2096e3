"""Queries about sessions and their refresh tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from app.core.exceptions import AuthenticationError
from app.models.session import RefreshToken, UserSession
from app.repositories.base import Repository


class SessionRepository(Repository[UserSession]):
    """Reads and writes sessions and refresh tokens."""

    model = UserSession

    async def add(self, instance: UserSession) -> UserSession:
        """Insert a session; raises `AuthenticationError` when its user is gone."""
        try:
            return await super().add(instance)
        except IntegrityError:
            raise AuthenticationError from None

    async def add_token(self, token: RefreshToken) -> None:
        """Insert a refresh token."""
        self.session.add(token)
        await self.session.flush()

    async def find_token(self, token_hash: str) -> RefreshToken | None:
        """Return the refresh token with its session and user, or None.

        The session is held until the commit, so that it cannot be deleted meanwhile.
        """
        statement = (
            select(RefreshToken)
            .join(RefreshToken.session)
            .join(UserSession.user)
            .where(RefreshToken.token_hash == token_hash)
            .options(
                contains_eager(RefreshToken.session).contains_eager(UserSession.user)
            )
            .with_for_update(read=True, key_share=True, of=UserSession)
        )
        return await self.session.scalar(statement)

    async def rotate(self, token: RefreshToken, now: datetime) -> bool:
        """Mark the token as used; False when somebody else was first.

        One conditional UPDATE: of any number at once exactly one succeeds.
        """
        live_session = select(UserSession.id).where(
            UserSession.id == RefreshToken.session_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
        )
        statement = (
            update(RefreshToken)
            .where(
                RefreshToken.id == token.id,
                RefreshToken.rotated_at.is_(None),
                RefreshToken.expires_at > now,
                live_session.exists(),
            )
            .values(rotated_at=now)
            .returning(RefreshToken.id)
        )
        return await self.session.scalar(statement) is not None

    async def page_live(
        self, user_id: UUID, now: datetime, *, limit: int, after: UUID | None
    ) -> tuple[Sequence[UserSession], UUID | None]:
        """Return a page of the live sessions of a user, as `page` does."""
        return await self.page(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            limit=limit,
            after=after,
        )

    async def end(
        self, session_id: UUID, now: datetime, *, user_id: UUID | None = None
    ) -> bool:
        """End one session, of `user_id` alone if given; False when there is none live."""
        statement = (
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(UserSession.id)
        )
        if user_id is not None:
            statement = statement.where(UserSession.user_id == user_id)
        return await self.session.scalar(statement) is not None

    async def purge_tokens(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` expired refresh tokens; returns how many."""
        return await self.purge(RefreshToken, RefreshToken.expires_at <= now, limit)

    async def purge_sessions(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` sessions that are over; returns how many.

        One whose refresh tokens have all expired is over as well.
        """
        tokens = select(RefreshToken.id).where(
            RefreshToken.session_id == UserSession.id
        )
        over = or_(
            UserSession.expires_at <= now,
            UserSession.revoked_at.is_not(None),
            ~tokens.exists(),
        )
        return await self.purge(UserSession, over, limit)

    async def end_all(
        self, user_id: UUID, now: datetime, *, keep: UUID | None = None
    ) -> None:
        """End every session of a user, but for `keep`."""
        statement = (
            update(UserSession)
            .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        if keep is not None:
            statement = statement.where(UserSession.id != keep)
        await self.session.execute(statement)
