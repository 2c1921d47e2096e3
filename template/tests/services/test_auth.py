"""The services by themselves: no HTTP, no FastAPI."""

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
    SessionLifetimes,
    WrongCredentialsError,
)
from app.services.throttle import LoginThrottleService
from tests.harness import PASSWORD, MakeUser

CLIENT = Client()


@pytest.fixture
def auth(session: Session, running: tuple[FastAPI, Resources]) -> AuthService:
    _, resources = running
    throttles = ThrottleRepository(session)
    return AuthService(
        session,
        users=UserRepository(session),
        sessions=SessionRepository(session),
        passwords=resources.passwords,
        tokens=resources.access_tokens,
        throttle=LoginThrottleService(session, throttles, enabled=True),
        lifetimes=SessionLifetimes(
            session=timedelta(days=30),
            refresh_token=timedelta(days=7),
            leeway=timedelta(seconds=10),
        ),
        verified_only=False,
    )


async def test_wrong_credentials(auth: AuthService, make_user: MakeUser) -> None:
    user = await make_user()
    with pytest.raises(WrongCredentialsError):
        await auth.login(user.email, "wrong", CLIENT)
    with pytest.raises(WrongCredentialsError):
        await auth.login("nobody@example.com", PASSWORD, CLIENT)


async def test_refresh_works_once(auth: AuthService, make_user: MakeUser) -> None:
    user = await make_user()
    tokens = await auth.login(user.email, PASSWORD, CLIENT)
    successor = await auth.refresh(tokens.refresh_token, CLIENT)
    with pytest.raises(InvalidRefreshTokenError):
        await auth.refresh(tokens.refresh_token, CLIENT)
    assert (await auth.refresh(successor.refresh_token, CLIENT)).expires_in == 1800
