"""GitHub; docs/oauth/github.md says how to register the service there.

It speaks OAuth without OpenID Connect: its API says who somebody is.
"""

from httpx2 import AsyncBaseTransport
from pydantic import BaseModel, TypeAdapter

from app.domain.oauth import Identity
from app.services.oauth.base import Attempt, Provider, SignInRefusedError
from app.services.oauth.http import get
from app.services.oauth.openid import name_of, verified_email

_API = "https://api.github.com"
_OAUTH = "https://github.com/login/oauth"


class _User(BaseModel):
    id: int
    name: str | None = None


class _Email(BaseModel):
    email: str
    primary: bool
    verified: bool


_emails = TypeAdapter(list[_Email])


class GitHub(Provider):
    """Accounts at GitHub."""

    name = "github"
    label = "GitHub"
    issuer = "https://github.com"
    scope = "read:user user:email"

    async def authorization_url(self, attempt: Attempt) -> str:
        """Return where to send the browser."""
        return self._url(f"{_OAUTH}/authorize", attempt)

    async def identify(
        self, attempt: Attempt, code: str, issuer: str | None
    ) -> Identity:
        """Exchange the code and ask the API; raises `SignInRefusedError`."""
        if issuer not in {None, _OAUTH}:  # GitHub Enterprise may send none.
            raise SignInRefusedError
        endpoint = f"{_OAUTH}/access_token"
        tokens = await self._exchange(
            endpoint, attempt, code, auth_method="client_secret_post"
        )
        user = _User.model_validate_json(
            await get(self.transport, f"{_API}/user", tokens.access_token)
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=str(user.id),
            email=await _primary_email(self.transport, tokens.access_token),
            full_name=name_of(user.name),
        )


async def _primary_email(transport: AsyncBaseTransport, token: str) -> str | None:
    body = await get(transport, f"{_API}/user/emails", token)
    for each in _emails.validate_json(body, strict=True):
        if each.primary:
            return verified_email({"email": each.email}, is_verified=each.verified)
    return None
