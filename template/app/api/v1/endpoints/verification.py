"""Verification of addresses."""

from fastapi import APIRouter, status

from app.api.access import PUBLIC
from app.api.dependencies import VerificationServiceDep
from app.api.limits import CREDENTIALS
from app.schemas.account import Accepted, AddressRequest, EmailVerification

router = APIRouter(
    prefix="/auth/verify-email", tags=["auth"], dependencies=[PUBLIC, CREDENTIALS]
)


@router.post("", status_code=status.HTTP_204_NO_CONTENT)
async def verify_email(
    body: EmailVerification, verification: VerificationServiceDep
) -> None:
    """Prove with the token of a link that an address is one's own."""
    await verification.verify(body.token)


@router.post("/resend", status_code=status.HTTP_202_ACCEPTED)
async def resend(
    body: AddressRequest, verification: VerificationServiceDep
) -> Accepted:
    """Ask for another link; it comes by mail if the address waits for one."""
    await verification.request(body.email)
    return Accepted()
