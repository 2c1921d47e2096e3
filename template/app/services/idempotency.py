"""Answers that are kept for requests that are sent again."""

from app.core.clock import utc_now
from app.core.database import Session
from app.core.exceptions import ValidationError
from app.core.security import Fingerprints, hash_token
from app.domain.idempotency import LIFETIME, Answer, KeyedRequest
from app.models.idempotency import IdempotencyKey
from app.repositories.idempotency import IdempotencyRepository
from app.services.base import BaseService


class IdempotencyKeyReusedError(ValidationError):
    """The key came with another request before."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key belongs to another request; make a new one."


class IdempotencyService(BaseService):
    """Keeps answers in the transaction of what they are about: both are there, or neither."""

    def __init__(
        self, session: Session, keys: IdempotencyRepository, fingerprints: Fingerprints
    ) -> None:
        super().__init__(session)
        self.keys = keys
        self.fingerprints = fingerprints

    async def find(self, request: KeyedRequest) -> Answer | None:
        """Return what `request` was answered before, or None.

        Raises `IdempotencyKeyReusedError` when that was another request.
        """
        row = await self.keys.find(hash_token(request.scope), utc_now())
        if row is None:
            return None
        if not self.fingerprints.match(request.content, row.fingerprint):
            raise IdempotencyKeyReusedError
        return Answer(status=row.status, headers=row.headers, body=row.body)

    async def find_winner(self, request: KeyedRequest) -> Answer | None:
        """Undo the request, events included, and look again: it has met a conflict.

        If the conflict is with the same request, sent at the same time, that one has
        committed by now.
        """
        await self.session.rollback()
        return await self.find(request)

    async def keep(self, request: KeyedRequest, answer: Answer) -> None:
        """Keep `answer`, as the last write of its request.

        The unique index then holds up a parallel one only for the moment until the commit.
        Raises `ConflictError` when that one was faster.
        """
        now = utc_now()
        row = IdempotencyKey(
            user_id=request.user_id,
            scope_hash=hash_token(request.scope),
            fingerprint=self.fingerprints.make(request.content),
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            expires_at=now + LIFETIME,
        )
        await self.keys.replace(row, now)
