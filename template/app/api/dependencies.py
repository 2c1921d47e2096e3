"""The wiring: what endpoints ask for, as types that read like words."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from structlog.contextvars import bind_contextvars

from app.core.clock import utc_now
from app.core.database import Session
from app.core.resources import Resources
from app.core.security import AccessClaims, InvalidTokenError
from app.models.user import User
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.auth import AuthService, SessionLifetimes
from app.services.user import UserService

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login", auto_error=False)


async def get_resources(request: Request) -> Resources:
    """Return what the service made at start-up."""
    resources: Resources = request.state.resources
    return resources


ResourcesDep = Annotated[Resources, Depends(get_resources)]


async def get_session(resources: ResourcesDep) -> AsyncIterator[Session]:
    """One request, one session, one transaction: committed unless something is raised."""
    async with resources.session_factory() as session:
        yield session
        await session.commit()


# The function scope commits before the answer leaves: no success is reported that a
# crash could still undo, and a commit that fails is an error to the client.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]


async def get_auth_service(session: SessionDep, resources: ResourcesDep) -> AuthService:
    """Put the authentication service together."""
    settings = resources.settings
    return AuthService(
        session,
        users=UserRepository(session),
        sessions=SessionRepository(session),
        passwords=resources.passwords,
        tokens=resources.access_tokens,
        lifetimes=SessionLifetimes(
            session=settings.session_lifetime,
            refresh_token=settings.refresh_token_lifetime,
            leeway=settings.refresh_leeway,
        ),
    )


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]


async def get_user_service(session: SessionDep, resources: ResourcesDep) -> UserService:
    """Put the account service together."""
    return UserService(session, UserRepository(session), resources.passwords)


UserServiceDep = Annotated[UserService, Depends(get_user_service)]


async def get_claims(
    token: Annotated[str | None, Depends(_bearer)], resources: ResourcesDep
) -> AccessClaims:
    """Return the claims of a well-signed, unexpired token, whose session may be over."""
    if token is None:
        raise InvalidTokenError
    return resources.access_tokens.verify(token, now=utc_now())


ClaimsDep = Annotated[AccessClaims, Depends(get_claims)]


async def get_current_user(claims: ClaimsDep, auth: AuthServiceDep) -> User:
    """Return who is signed in: the session is live and the user active, as of now."""
    user = await auth.authenticate(claims)
    bind_contextvars(actor_id=str(user.id))
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]

# yours
