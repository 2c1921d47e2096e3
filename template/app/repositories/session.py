"""Queries about sessions and their refresh tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
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

    async def end(self, session_id: UUID, now: datetime) -> bool:
        """End one session; False when it was over already."""
        statement = (
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(UserSession.id)
        )
        return await self.session.scalar(statement) is not None

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
