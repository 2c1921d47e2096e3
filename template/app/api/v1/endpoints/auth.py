"""Signing in, staying signed in, signing out."""

from typing import Annotated

from fastapi import APIRouter, Form, status

from app.api.access import PUBLIC
from app.api.dependencies import (
    AuthServiceDep,
    ClaimsDep,
    ClientDep,
    PasswordSignInDep,
    UserServiceDep,
)
from app.api.limits import CREDENTIALS, SIGN_INS
from app.schemas.account import Accepted, Registration
from app.schemas.token import LoginForm, RefreshRequest, TokenPair
from app.services.auth import IssuedTokens
from app.services.password_sign_in import PasswordCredentials

# Public in that the session may be over: signing out twice is no error.
router = APIRouter(prefix="/auth", tags=["auth"], dependencies=[PUBLIC])


@router.post(
    "/register", status_code=status.HTTP_202_ACCEPTED, dependencies=[CREDENTIALS]
)
async def register(body: Registration, users: UserServiceDep) -> Accepted:
    """Ask for an account; the answer does not tell whether the address has one."""
    await users.register(
        email=body.email,
        password=body.password.get_secret_value(),
        full_name=body.full_name,
    )
    return Accepted()


@router.post("/login", response_model=TokenPair, dependencies=[CREDENTIALS, SIGN_INS])
async def login(
    form: Annotated[LoginForm, Form()],
    auth: AuthServiceDep,
    passwords: PasswordSignInDep,
    client: ClientDep,
) -> IssuedTokens:
    """Exchange an e-mail address and a password for a token pair."""
    credentials = PasswordCredentials(
        email=form.username, password=form.password.get_secret_value()
    )
    return await auth.login(passwords, credentials, client)


@router.post("/refresh", response_model=TokenPair, dependencies=[CREDENTIALS])
async def refresh(
    body: RefreshRequest, auth: AuthServiceDep, client: ClientDep
) -> IssuedTokens:
    """Exchange a refresh token for a new pair; each one works once."""
    return await auth.refresh(body.refresh_token, client)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(claims: ClaimsDep, auth: AuthServiceDep) -> None:
    """End this session, at once."""
    await auth.logout(claims)


@router.post("/logout-all", status_code=status.HTTP_204_NO_CONTENT)
async def logout_all(claims: ClaimsDep, auth: AuthServiceDep) -> None:
    """End every session of the user, at once."""
    await auth.logout_all(claims)
