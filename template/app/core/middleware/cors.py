"""CORS, with refused preflights in the shape of every other error."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from app.core.middleware.error_boundary import ErrorRenderer


class ProblemCORSMiddleware(CORSMiddleware):
    """Lets pages of the exact `origins` call the API with a bearer token."""

    def __init__(
        self, app: ASGIApp, origins: Sequence[str], render: ErrorRenderer
    ) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST", "PATCH", "DELETE"),
            allow_headers=(
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "X-Request-ID",
            ),
            expose_headers=(
                "ETag",
                "Idempotency-Replayed",
                "X-Request-ID",
                "Retry-After",
                "RateLimit",
                "RateLimit-Policy",
            ),
        )
        self.render = render

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a preflight request."""
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            return response
        error = HTTPException(400, bytes(response.body).decode())
        problem = self.render(Request({"type": "http", "headers": []}), error)
        problem.headers["Vary"] = response.headers["Vary"]
        return problem
