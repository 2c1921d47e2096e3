"""Finding, or making, the account of an identity at a provider."""

from uuid import UUID

from app.core.database import Session
from app.core.exceptions import ConflictError, ValidationError
from app.domain.email import canonical_email
from app.domain.oauth import Identity, ProviderLinked, ProviderUserRegistered
from app.domain.permission import Role
from app.models.oauth import OAuthAccount, OAuthCode
from app.models.user import User
from app.repositories.oauth import AccountLinkedError, OAuthRepository
from app.repositories.user import EmailTakenError, UserRepository
from app.services.base import BaseService

_TRIES = 3  # when others register or link the same account at the same time


class UnverifiedEmailError(ValidationError):
    """The provider does not vouch for the address, so nobody can be found by it."""

    code = "email_not_verified"
    message = (
        "The provider does not say that the address is yours. Register with a password, "
        "sign in, and link the provider then."
    )


class SignInFirstError(ConflictError):
    """An account has the address, but nobody has proved here that it is theirs."""

    code = "sign_in_first"
    message = (
        "There is an account with this address, which is not confirmed. Confirm it, or "
        "choose a new password for it, and sign in again."
    )


class OAuthRegistration(BaseService):
    """Decides whose account an identity is."""

    def __init__(
        self, session: Session, users: UserRepository, accounts: OAuthRepository
    ) -> None:
        super().__init__(session)
        self.users = users
        self.accounts = accounts

    async def settle(self, identity: Identity) -> None:
        """Make sure that an identity has an account, again when others were faster.

        Raises `UnverifiedEmailError`, `SignInFirstError` or `AccountLinkedError`.
        """
        for _ in range(_TRIES - 1):
            try:
                await self._find_or_register(identity)
            except (EmailTakenError, AccountLinkedError):
                await self.session.rollback()
            else:
                return
        await self._find_or_register(identity)

    async def _find_or_register(self, identity: Identity) -> None:
        known = await self.accounts.get_by_identity(identity.issuer, identity.subject)
        if known is not None:
            return
        if identity.email is None:
            raise UnverifiedEmailError
        user = await self.users.get_by_email(canonical_email(identity.email))
        if user is None:
            user = await self._register(identity, identity.email)
        elif user.email_verified and user.is_active:
            self.record(ProviderLinked(user_id=user.id, provider=identity.provider))
        else:
            # Whoever registered it may be another one, who waits for the owner to come.
            raise SignInFirstError
        await self.accounts.add(account_of(user.id, identity))

    async def _register(self, identity: Identity, email: str) -> User:
        user = await self.users.add(
            User(
                email=email,
                email_canonical=canonical_email(email),
                email_verified=True,
                full_name=identity.full_name,
                roles=[Role.USER],
            )
        )
        self.record(ProviderUserRegistered(user_id=user.id, provider=identity.provider))
        return user


def account_of(user_id: UUID, identity: Identity | OAuthCode) -> OAuthAccount:
    """The account at a provider that belongs to a user from now on."""
    return OAuthAccount(
        user_id=user_id,
        provider=identity.provider,
        issuer=identity.issuer,
        subject=identity.subject,
        email=identity.email,
    )
