"""Forgotten passwords."""

from fastapi import APIRouter, status

from app.api.access import PUBLIC
from app.api.dependencies import PasswordServiceDep
from app.api.limits import CREDENTIALS
from app.schemas.account import Accepted, AddressRequest, PasswordReset

router = APIRouter(
    prefix="/auth/password", tags=["auth"], dependencies=[PUBLIC, CREDENTIALS]
)


@router.post("/forgot", status_code=status.HTTP_202_ACCEPTED)
async def forgot(body: AddressRequest, passwords: PasswordServiceDep) -> Accepted:
    """Ask for a link to choose a new password; it comes by mail if there is an account."""
    await passwords.request_reset(body.email)
    return Accepted()


@router.post("/reset", status_code=status.HTTP_204_NO_CONTENT)
async def reset(body: PasswordReset, passwords: PasswordServiceDep) -> None:
    """Choose a new password with the token of a link; every session ends."""
    await passwords.reset(body.token, body.new_password.get_secret_value())
