"""Verification: an address belongs to who can read its mail."""

from app.core.database import Session
from app.core.link_tokens import InvalidLinkError, LinkPurpose
from app.domain.email import canonical_email
from app.domain.events import EmailVerified, VerificationRequested
from app.repositories.user import UserRepository
from app.services.base import BaseService
from app.services.links import Links


class VerificationService(BaseService):
    """What users do to prove that an address is theirs."""

    def __init__(self, session: Session, users: UserRepository, links: Links) -> None:
        super().__init__(session)
        self.users = users
        self.links = links

    async def request(self, email: str) -> None:
        """Have another link mailed to an address that waits for its verification."""
        user = await self.users.get_by_email(canonical_email(email))
        user_id = None
        if user is not None and user.is_active and not user.email_verified:
            user_id = user.id
        self.record(VerificationRequested(user_id=user_id))

    async def verify(self, token: str) -> None:
        """Mark the address of a link's user as verified; raises `InvalidLinkError`."""
        user = await self.links.find(LinkPurpose.VERIFY, token, self.users)
        if user.email_verified:
            raise InvalidLinkError
        await self.users.update(user, email_verified=True)
        self.record(EmailVerified(user_id=user.id))
