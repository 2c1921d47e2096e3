"""The wiring: what endpoints ask for, as types that read like words.

FastAPI goes through all that a dependency depends on, each time it is named: what every request
needs is made with few of them.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from structlog.contextvars import bind_contextvars

from app.core.clock import utc_now
from app.core.database import Session
from app.core.resources import Resources
from app.core.security import AccessClaims, InvalidTokenError
from app.domain.client import Client, printable, valid_address
from app.domain.principal import Principal
from app.repositories.session import SessionRepository
from app.repositories.throttle import ThrottleRepository
from app.repositories.user import UserRepository
from app.services.auth import AuthService, SessionLifetimes
from app.services.links import Links
from app.services.password import PasswordService
from app.services.password_sign_in import PasswordSignIn
from app.services.session import SessionService
from app.services.throttle import LoginThrottleService
from app.services.user import UserService
from app.services.verification import VerificationService


def resources_of(request: Request) -> Resources:
    """Return what the service made at start-up."""
    resources: Resources = request.scope["state"]["resources"]
    return resources


async def get_resources(request: Request) -> Resources:
    """Return the same, as a dependency."""
    return resources_of(request)


ResourcesDep = Annotated[Resources, Depends(get_resources)]


async def get_session(request: Request) -> AsyncIterator[Session]:
    """One request, one session, one transaction: committed unless something is raised."""
    async with resources_of(request).session_factory() as session:
        yield session
        await session.commit()


# The function scope commits before the answer leaves: no success is reported that a
# crash could still undo, and a commit that fails is an error to the client.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]


async def get_client(request: Request) -> Client:
    """Return who is calling: the peer, or whom a trusted proxy speaks for."""
    user_agent = request.headers.get("user-agent")
    return Client(
        ip=valid_address(request.client.host) if request.client else None,
        user_agent=printable(user_agent) if user_agent else None,
    )


ClientDep = Annotated[Client, Depends(get_client)]


def _make_throttle(session: Session, resources: Resources) -> LoginThrottleService:
    # No dependency of its own: every signed-in request would have to resolve it.
    return LoginThrottleService(
        session,
        ThrottleRepository(session),
        enabled=resources.settings.rate_limit_enabled,
    )


async def get_auth_service(session: SessionDep, resources: ResourcesDep) -> AuthService:
    """Put the authentication service together."""
    settings = resources.settings
    return AuthService(
        session,
        users=resources.repository(UserRepository, session),
        sessions=resources.repository(SessionRepository, session),
        tokens=resources.access_tokens,
        lifetimes=SessionLifetimes(
            session=settings.session_lifetime,
            refresh_token=settings.refresh_token_lifetime,
            leeway=settings.refresh_leeway,
        ),
    )


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]


async def get_password_sign_in(
    session: SessionDep, resources: ResourcesDep
) -> PasswordSignIn:
    """Put the sign-in with a password together."""
    return PasswordSignIn(
        session,
        users=resources.repository(UserRepository, session),
        passwords=resources.passwords,
        throttle=_make_throttle(session, resources),
        verified_only=resources.settings.verifies_email,
    )


PasswordSignInDep = Annotated[PasswordSignIn, Depends(get_password_sign_in)]


async def get_links(resources: ResourcesDep) -> Links:
    """Put the maker of links together."""
    return Links(resources.link_tokens, resources.settings.site_url)


LinksDep = Annotated[Links, Depends(get_links)]


async def get_password_service(
    session: SessionDep, resources: ResourcesDep, links: LinksDep
) -> PasswordService:
    """Put the password service together."""
    return PasswordService(
        session,
        users=resources.repository(UserRepository, session),
        sessions=resources.repository(SessionRepository, session),
        passwords=resources.passwords,
        throttle=_make_throttle(session, resources),
        links=links,
    )


PasswordServiceDep = Annotated[PasswordService, Depends(get_password_service)]


async def get_verification_service(
    session: SessionDep, resources: ResourcesDep, links: LinksDep
) -> VerificationService:
    """Put the verification service together."""
    users = resources.repository(UserRepository, session)
    return VerificationService(session, users, links)


VerificationServiceDep = Annotated[
    VerificationService, Depends(get_verification_service)
]


async def get_session_service(
    session: SessionDep, resources: ResourcesDep
) -> SessionService:
    """Put the service for sessions together."""
    return SessionService(session, resources.repository(SessionRepository, session))


SessionServiceDep = Annotated[SessionService, Depends(get_session_service)]


async def get_user_service(session: SessionDep, resources: ResourcesDep) -> UserService:
    """Put the account service together."""
    return UserService(
        session,
        users=resources.repository(UserRepository, session),
        sessions=resources.repository(SessionRepository, session),
        passwords=resources.passwords,
    )


UserServiceDep = Annotated[UserService, Depends(get_user_service)]


class _AccessToken(OAuth2PasswordBearer):
    """Takes the access token out of the header, and its claims out of that."""

    async def __call__(  # type: ignore[override] # FastAPI hands on whatever it is
        self, request: Request
    ) -> AccessClaims:
        """Return the claims of a well-signed, unexpired token, whose session may be over."""
        token = await super().__call__(request)
        if token is None:
            raise InvalidTokenError
        return resources_of(request).access_tokens.verify(token, now=utc_now())


get_claims = _AccessToken(
    tokenUrl="/api/v1/auth/login",
    scheme_name=OAuth2PasswordBearer.__name__,
    auto_error=False,
)
ClaimsDep = Annotated[AccessClaims, Depends(get_claims)]


async def get_current_user(
    request: Request, claims: ClaimsDep, session: SessionDep
) -> Principal:
    """Return who is signed in: the session is live and the user active, as of now."""
    auth = await get_auth_service(session, resources_of(request))
    user = await auth.authenticate(claims)
    bind_contextvars(actor_id=str(user.id))
    return user


CurrentUser = Annotated[Principal, Depends(get_current_user)]

# yours
