"""The services by themselves: no HTTP, no FastAPI."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI

from app.core.database import Session
from app.core.resources import Resources
from app.domain.client import Client
from app.repositories.session import SessionRepository
from app.repositories.throttle import ThrottleRepository
from app.repositories.user import UserRepository
from app.services.auth import (
    AuthService,
    InvalidRefreshTokenError,
    IssuedTokens,
    SessionLifetimes,
)
from app.services.password_sign_in import (
    PasswordCredentials,
    PasswordSignIn,
    WrongCredentialsError,
)
from app.services.throttle import LoginThrottleService
from tests.harness import PASSWORD, MakeUser

CLIENT = Client()

Login = Callable[..., Awaitable[IssuedTokens]]


@pytest.fixture
def auth(session: Session, running: tuple[FastAPI, Resources]) -> AuthService:
    _, resources = running
    return AuthService(
        session,
        users=UserRepository(session),
        sessions=SessionRepository(session),
        tokens=resources.access_tokens,
        lifetimes=SessionLifetimes(
            session=timedelta(days=30),
            refresh_token=timedelta(days=7),
            leeway=timedelta(seconds=10),
        ),
    )


@pytest.fixture
def login(
    auth: AuthService, session: Session, running: tuple[FastAPI, Resources]
) -> Login:
    """Signs in with a password."""
    sign_in = PasswordSignIn(
        session,
        users=UserRepository(session),
        passwords=running[1].passwords,
        throttle=LoginThrottleService(
            session, ThrottleRepository(session), enabled=True
        ),
        verified_only=False,
    )

    async def run(email: str, password: str = PASSWORD) -> IssuedTokens:
        credentials = PasswordCredentials(email=email, password=password)
        return await auth.login(sign_in, credentials, CLIENT)

    return run


async def test_wrong_credentials(login: Login, make_user: MakeUser) -> None:
    user = await make_user()
    with pytest.raises(WrongCredentialsError):
        await login(user.email, "wrong")
    with pytest.raises(WrongCredentialsError):
        await login("nobody@example.com")


async def test_refresh_works_once(
    auth: AuthService, login: Login, make_user: MakeUser
) -> None:
    user = await make_user()
    tokens = await login(user.email)
    successor = await auth.refresh(tokens.refresh_token, CLIENT)
    with pytest.raises(InvalidRefreshTokenError):
        await auth.refresh(tokens.refresh_token, CLIENT)
    assert (await auth.refresh(successor.refresh_token, CLIENT)).expires_in == 1800
