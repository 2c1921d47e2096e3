"""Signing in at providers."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from app.schemas.base import NO_NUL, RequestSchema, ResponseSchema

ProviderName = Annotated[
    str, StringConstraints(min_length=1, max_length=50, pattern=NO_NUL)
]
ReturnedText = Annotated[str, StringConstraints(max_length=4096, pattern=NO_NUL)]
"""What a provider appends to the address of the callback."""

TargetText = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=NO_NUL)
]
CodeChallenge = Annotated[
    str, StringConstraints(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")
]
CodeVerifier = Annotated[
    str, StringConstraints(min_length=43, max_length=128, pattern=r"^[A-Za-z0-9._~-]+$")
]
"""RFC 7636, 4.1 and 4.2."""

Code = Annotated[
    str, StringConstraints(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")
]


class ProviderRead(ResponseSchema):
    """A provider that one can sign in at; `authorize_url` is where browsers go."""

    name: str
    label: str
    authorize_url: str


class Providers(ResponseSchema):
    """Those that are offered."""

    providers: list[ProviderRead]


class CodeExchange(RequestSchema):
    """The code from the address, and the verifier if a challenge was sent."""

    code: Code
    code_verifier: CodeVerifier | None = None


class LinkRequest(RequestSchema):
    """The code from the address, and the verifier of the challenge."""

    code: Code
    code_verifier: CodeVerifier


class OAuthAccountRead(ResponseSchema):
    """An account at a provider; `email` is its verified address there, when linked."""

    provider: str
    email: str | None
    created_at: datetime
