"""The provider: strict about what it is asked, and as bad as a test wants it to be."""

import base64
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape
from time import time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)

from app.domain.oauth import challenge_of
from tests.servers.openid.faults import SPOILED, fault_of
from tests.servers.openid.tokens import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Forge,
    Keys,
    half_hash,
)

# The path of each endpoint, below the issuer or at hosts of an API, ends in one of these.
ENDPOINTS = {
    "openid-configuration": "discovery",
    "authorize": "authorize",
    "token": "token",
    "access_token": "token",
    "jwks": "jwks",
    "user": "user",
    "emails": "emails",
}


@dataclass
class OpenIDServer:
    """Whoever signs in has these `claims`; attributes say what else is special."""

    claims: Claims = field(
        default_factory=lambda: {
            "sub": "sub-1",
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada",
        }
    )
    keys: Keys = field(default_factory=Keys)
    forge: Forge = field(default=lambda keys, claims: keys.sign(claims))
    faults: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    sends_issuer: bool = True
    asked: Counter[str] = field(default_factory=Counter)
    url: str = ""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _tokens: set[str] = field(default_factory=set)

    async def answer(self, request: Request) -> Response:
        """Answer at any address."""
        endpoint = ENDPOINTS[request.url.path.rpartition("/")[2]]
        self.asked[endpoint] += 1
        fault = self.faults.get(endpoint)
        if fault is not None and fault not in SPOILED:
            return await fault_of(fault)
        answer: Callable[[Request], Awaitable[Response]]
        answer = getattr(self, f"_{endpoint}")
        response = await answer(request)
        return SPOILED[fault](bytes(response.body)) if fault else response

    def _issuer(self, request: Request) -> str:
        host = request.headers["host"]
        scheme = "http" if host.startswith("127.") else "https"
        path = re.split("/[.]well-known|/oauth2|/login", request.url.path)[0]
        return f"{scheme}://{host}{path}"

    async def _discovery(self, request: Request) -> Response:
        issuer = self._issuer(request)
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/oauth2/authorize",
                "token_endpoint": f"{issuer}/oauth2/token",
                "jwks_uri": f"{issuer}/oauth2/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
                "authorization_response_iss_parameter_supported": self.sends_issuer,
                **self.metadata,
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self.keys.public)

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 22
        if "openid" in asked["scope"]:
            assert len(asked["nonce"]) >= 22
        if request.method == "GET":
            return HTMLResponse(_login_form(str(request.url.query)))
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        if self.sends_issuer:
            # Without ID tokens there is no discovery, and the issuer has a path.
            suffix = "" if "openid" in asked["scope"] else "/login/oauth"
            back["iss"] = self._issuer(request) + suffix
        url = f"{asked['redirect_uri']}?{urlencode(back)}"
        return RedirectResponse(url, status_code=303)

    async def _token(self, request: Request) -> Response:
        form = dict((await request.form()).items())
        asked = self._codes.pop(str(form.get("code")), None)
        refused = (
            asked is None
            or not _is_authenticated(request, form)
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge_of(str(form.get("code_verifier"))) != asked["code_challenge"]
        )
        if refused or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = secrets.token_urlsafe(16)
        self._tokens.add(access_token)
        answer = {"access_token": access_token, "token_type": "Bearer"}
        if "openid" in asked["scope"]:
            answer["id_token"] = self.forge(
                self.keys, self._good_claims(request, asked, access_token)
            )
        return JSONResponse(answer)

    def _good_claims(
        self, request: Request, asked: dict[str, str], access_token: str
    ) -> Claims:
        now = int(time())
        return {
            "iss": self._issuer(request),
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "at_hash": half_hash(access_token),
            **self.claims,
        }

    async def _user(self, request: Request) -> Response:
        assert request.headers["authorization"].removeprefix("Bearer ") in self._tokens
        subject = self.claims["sub"].removeprefix("sub-")
        return JSONResponse({"id": int(subject), "name": self.claims.get("name")})

    async def _emails(self, request: Request) -> Response:
        assert request.headers["authorization"].removeprefix("Bearer ") in self._tokens
        verified = self.claims["email_verified"]
        mine = {"email": self.claims["email"], "primary": True, "verified": verified}
        more = {"email": "more@example.com", "primary": False, "verified": True}
        return JSONResponse([more, mine])


def _is_authenticated(request: Request, form: dict[str, Any]) -> bool:
    posted = form.get("client_id"), form.get("client_secret")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        return base64.b64decode(given).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
    return posted == (CLIENT_ID, CLIENT_SECRET)


def _login_form(query: str) -> str:
    return f"""<!doctype html><title>The provider</title>
<form method="post" action="?{escape(query)}">
<label>Name <input name="name" required></label><button>Sign in</button></form>"""
