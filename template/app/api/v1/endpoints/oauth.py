"""Signing in at providers."""

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from fastapi.responses import RedirectResponse

from app.api.access import PUBLIC
from app.api.dependencies import AuthServiceDep, ClientDep, ResourcesDep
from app.api.limits import CREDENTIALS
from app.api.oauth_dependencies import OAuthAuthorizationDep, OAuthDep, OAuthSignInDep
from app.schemas.oauth import (
    CodeChallenge,
    CodeExchange,
    ProviderName,
    ProviderRead,
    Providers,
    ReturnedText,
    TargetText,
)
from app.schemas.token import TokenPair
from app.services.auth import IssuedTokens
from app.services.oauth.authorization import STATE_LIFETIME, Return, Start
from app.services.oauth.sign_in import CodeCredentials

router = APIRouter(prefix="/auth/oauth", tags=["auth"], dependencies=[PUBLIC])

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


@router.get("")
async def list_providers(request: Request, oauth: OAuthDep) -> Providers:
    """List the providers; `authorize_url` is relative to the address of this service."""
    return Providers(
        providers=[
            ProviderRead(
                name=provider.name,
                label=provider.label,
                authorize_url=request.app.url_path_for(
                    "authorize", provider=provider.name
                ),
            )
            for provider in oauth.providers.values()
        ]
    )


@router.get(
    "/{provider}/authorize",
    status_code=status.HTTP_302_FOUND,
    response_class=RedirectResponse,
    dependencies=[CREDENTIALS],
)
async def authorize(
    provider: ProviderName,
    request: Request,
    resources: ResourcesDep,
    authorization: OAuthAuthorizationDep,
    *,
    redirect_to: Annotated[TargetText | None, Query()] = None,
    code_challenge: Annotated[CodeChallenge | None, Query()] = None,
    link: bool = False,
) -> RedirectResponse:
    """Go to a provider, to sign in there or to `link` an account there.

    Afterwards the browser goes to `redirect_to`, with a code in its address.
    """
    secure = not resources.settings.is_development
    cookie = _cookie_name(secure=secure)
    browser = request.cookies.get(cookie, "")
    if _BROWSER.fullmatch(browser) is None:
        browser = secrets.token_urlsafe(32)
    start = Start(redirect_to=redirect_to, code_challenge=code_challenge, link=link)
    response = _redirect(await authorization.start(provider, start, browser=browser))
    response.set_cookie(
        cookie,
        browser,
        max_age=int(STATE_LIFETIME.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(
    "/{provider}/callback",
    status_code=status.HTTP_302_FOUND,
    response_class=RedirectResponse,
    dependencies=[CREDENTIALS],
)
async def callback(
    provider: ProviderName,
    request: Request,
    resources: ResourcesDep,
    authorization: OAuthAuthorizationDep,
    *,
    state: ReturnedText | None = None,
    code: ReturnedText | None = None,
    iss: ReturnedText | None = None,
    error: ReturnedText | None = None,
) -> RedirectResponse:
    """Come back from a provider, and go on to the application with a code for it."""
    cookie = _cookie_name(secure=not resources.settings.is_development)
    back = Return(state=state, code=code, issuer=iss, error=error)
    browser = request.cookies.get(cookie)
    return _redirect(await authorization.finish(provider, back, browser=browser))


@router.post("/token", response_model=TokenPair, dependencies=[CREDENTIALS])
async def exchange(
    body: CodeExchange, auth: AuthServiceDep, sign_in: OAuthSignInDep, client: ClientDep
) -> IssuedTokens:
    """Exchange the code for a token pair; it works once, for a minute."""
    credentials = CodeCredentials(code=body.code, code_verifier=body.code_verifier)
    return await auth.login(sign_in, credentials, client)


def _cookie_name(*, secure: bool) -> str:
    # The prefix lets no other host, nor anybody in clear, set it (RFC 6265bis, 4.1.3.2).
    return "__Host-oauth" if secure else "oauth"


def _redirect(url: str) -> RedirectResponse:
    return RedirectResponse(
        url, status.HTTP_302_FOUND, headers={"Cache-Control": "no-store"}
    )
