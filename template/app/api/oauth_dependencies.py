"""The wiring of sign-ins at providers."""

from typing import Annotated

from fastapi import Depends

from app.api.dependencies import ResourcesDep, SessionDep
from app.repositories.oauth import OAuthRepository
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.oauth.accounts import OAuthAccountService
from app.services.oauth.authorization import OAuthAuthorization
from app.services.oauth.factory import OAuth
from app.services.oauth.registration import OAuthRegistration
from app.services.oauth.sign_in import OAuthSignIn


async def get_oauth(resources: ResourcesDep) -> OAuth:
    """Return the providers."""
    return resources.part(OAuth)


OAuthDep = Annotated[OAuth, Depends(get_oauth)]


async def get_oauth_authorization(
    session: SessionDep, resources: ResourcesDep, oauth: OAuthDep
) -> OAuthAuthorization:
    """Put the way to a provider and back together."""
    users = resources.repository(UserRepository, session)
    accounts = OAuthRepository(session)
    return OAuthAuthorization(
        session,
        oauth=oauth,
        accounts=accounts,
        registration=OAuthRegistration(session, users, accounts),
    )


OAuthAuthorizationDep = Annotated[OAuthAuthorization, Depends(get_oauth_authorization)]


async def get_oauth_sign_in(session: SessionDep) -> OAuthSignIn:
    """Put the sign-in with a code together."""
    return OAuthSignIn(session, OAuthRepository(session))


OAuthSignInDep = Annotated[OAuthSignIn, Depends(get_oauth_sign_in)]


async def get_oauth_account_service(
    session: SessionDep, resources: ResourcesDep, sign_in: OAuthSignInDep
) -> OAuthAccountService:
    """Put the service for accounts at providers together."""
    return OAuthAccountService(
        session,
        users=resources.repository(UserRepository, session),
        sessions=resources.repository(SessionRepository, session),
        accounts=OAuthRepository(session),
        sign_in=sign_in,
    )


OAuthAccountServiceDep = Annotated[
    OAuthAccountService, Depends(get_oauth_account_service)
]
