"""The services by themselves: no HTTP, no FastAPI."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from app.core.database import Session
from app.core.resources import Resources
from app.repositories.session import SessionRepository
from app.repositories.user import UserRepository
from app.services.auth import (
    AuthService,
    InvalidRefreshTokenError,
    SessionLifetimes,
    WrongCredentialsError,
    WrongPasswordError,
)
from tests.harness import PASSWORD, MakeUser


@pytest.fixture
def auth(session: Session, running: tuple[FastAPI, Resources]) -> AuthService:
    _, resources = running
    return AuthService(
        session,
        users=UserRepository(session),
        sessions=SessionRepository(session),
        passwords=resources.passwords,
        tokens=resources.access_tokens,
        lifetimes=SessionLifetimes(
            session=timedelta(days=30),
            refresh_token=timedelta(days=7),
            leeway=timedelta(seconds=10),
        ),
    )


async def test_wrong_credentials(auth: AuthService, make_user: MakeUser) -> None:
    user = await make_user()
    with pytest.raises(WrongCredentialsError):
        await auth.login(user.email, "wrong")
    with pytest.raises(WrongCredentialsError):
        await auth.login("nobody@example.com", PASSWORD)


async def test_refresh_works_once(auth: AuthService, make_user: MakeUser) -> None:
    user = await make_user()
    tokens = await auth.login(user.email, PASSWORD)
    successor = await auth.refresh(tokens.refresh_token)
    with pytest.raises(InvalidRefreshTokenError):
        await auth.refresh(tokens.refresh_token)
    assert (await auth.refresh(successor.refresh_token)).expires_in == 1800


async def test_password_change_wants_the_current_one(
    auth: AuthService, make_user: MakeUser
) -> None:
    user = await make_user()
    with pytest.raises(WrongPasswordError):
        await auth.change_password(
            user, current="wrong", new="a much better one", keep=user.id
        )
