"""One's own accounts at providers."""

from collections.abc import Sequence

from fastapi import APIRouter, status

from app.api.access import Me
from app.api.dependencies import ClaimsDep
from app.api.limits import CREDENTIALS
from app.api.oauth_dependencies import OAuthAccountServiceDep
from app.models.oauth import OAuthAccount
from app.schemas.oauth import LinkRequest, OAuthAccountRead, ProviderName
from app.services.oauth.sign_in import CodeCredentials

router = APIRouter(prefix="/users/me/oauth", tags=["users"])


@router.get("", response_model=list[OAuthAccountRead])
async def list_accounts(
    user: Me, accounts: OAuthAccountServiceDep
) -> Sequence[OAuthAccount]:
    """List the accounts that one can sign in with."""
    return await accounts.list_of(user)


@router.post(
    "",
    response_model=OAuthAccountRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[CREDENTIALS],
)
async def link_account(
    body: LinkRequest,
    user: Me,
    claims: ClaimsDep,
    accounts: OAuthAccountServiceDep,
) -> OAuthAccount:
    """Link the account at a provider that the code stands for."""
    credentials = CodeCredentials(code=body.code, code_verifier=body.code_verifier)
    return await accounts.link(user, claims.sid, credentials)


@router.delete("/{provider}", status_code=status.HTTP_204_NO_CONTENT)
async def unlink_account(
    provider: ProviderName,
    user: Me,
    claims: ClaimsDep,
    accounts: OAuthAccountServiceDep,
) -> None:
    """Unlink an account, unless it is the last way to sign in."""
    await accounts.unlink(user, claims.sid, provider)
