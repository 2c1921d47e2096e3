"""Exceptions become answers here, and nowhere else."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match
from structlog.contextvars import get_contextvars

from app.core.database import is_unavailable
from app.core.dialect import Dialect
from app.core.exceptions import (
    APIException,
    AuthenticationError,
    AuthorizationError,
    BadGatewayError,
    ConflictError,
    DeadlineExceededError,
    InternalError,
    NotFoundError,
    PreconditionFailedError,
    RateLimitError,
    ServiceUnavailableError,
    SlowBodyError,
    ValidationError,
)
from app.core.middleware.error_boundary import ErrorRenderer
from app.core.security import InvalidTokenError
from app.services.idempotency import IdempotencyKeyReusedError
from app.services.password import WeakPasswordError

STATUS: dict[type[APIException], HTTPStatus] = {
    ValidationError: HTTPStatus.BAD_REQUEST,
    WeakPasswordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    IdempotencyKeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AuthenticationError: HTTPStatus.UNAUTHORIZED,
    AuthorizationError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    SlowBodyError: HTTPStatus.REQUEST_TIMEOUT,
    ConflictError: HTTPStatus.CONFLICT,
    PreconditionFailedError: HTTPStatus.PRECONDITION_FAILED,
    RateLimitError: HTTPStatus.TOO_MANY_REQUESTS,
    InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
    BadGatewayError: HTTPStatus.BAD_GATEWAY,
    ServiceUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    DeadlineExceededError: HTTPStatus.GATEWAY_TIMEOUT,
}

# What the framework raises; Python's own names for these differ between versions.
_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    414: "uri_too_long",
    431: "headers_too_large",
}

_RETRY_AFTER_SECONDS = 2
_MAX_DETAILS = 20

# Pydantic quotes the input in the messages of these.
_QUOTING_TYPES = {"uuid_parsing", "union_tag_invalid", "literal_error"}


class ProblemResponse(JSONResponse):
    """An error, as every client sees it."""

    media_type = "application/problem+json"


def problem_response(
    request: Request, error: Exception, *, dialect: Dialect
) -> ProblemResponse:
    """Render any exception; of one that nobody foresaw nothing is told."""
    if isinstance(error, RequestValidationError):
        return _validation_problem(error)
    if isinstance(error, HTTPException):
        return _http_problem(request, error)
    if is_unavailable(error, dialect):
        error = ServiceUnavailableError()
    if not isinstance(error, APIException):
        error = InternalError()
    status = next(
        (STATUS[cls] for cls in type(error).__mro__ if cls in STATUS),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _challenge(request, error)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    if isinstance(error, SlowBodyError):
        headers["Connection"] = "close"
    if isinstance(error, RateLimitError):
        headers |= error.headers | {"Retry-After": str(error.retry_after)}
    return _problem(
        status.value,
        error.code,
        error.message,
        details=error.details,
        headers=headers,
    )


def add_error_handlers(app: FastAPI, render: ErrorRenderer) -> None:
    """Have `app` answer the framework's errors with `render`.

    Our own need no handler: the middleware `ErrorBoundaryMiddleware` renders them.
    """

    async def handle(request: Request, error: Exception) -> Response:
        return render(request, error)

    for cls in (HTTPException, RequestValidationError):
        app.add_exception_handler(cls, handle)


def _problem(
    status: int,
    code: str,
    message: str,
    *,
    details: object = (),
    headers: dict[str, str] | None = None,
) -> ProblemResponse:
    content = {
        "type": code,
        "status": status,
        "error": message,
        "details": jsonable_encoder(details),
        "request_id": get_contextvars().get("request_id", ""),
    }
    return ProblemResponse(content, status_code=status, headers=headers)


def _challenge(request: Request, error: APIException) -> str:
    """The `WWW-Authenticate` header (RFC 6750, 3): no error code when no token came."""
    if isinstance(error, InvalidTokenError) and "authorization" in request.headers:
        return f'Bearer error="invalid_token", error_description="{error.message}"'
    return "Bearer"


def _http_problem(request: Request, error: HTTPException) -> ProblemResponse:
    status = error.status_code
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
    code = _HTTP_CODES.get(status, f"http_{status}")
    return _problem(status, code, error.detail, headers=headers)


def _allowed_methods(request: Request) -> set[str]:
    """Every method of the path: Starlette names only those of the first route it finds."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= route.methods or set()
    return methods


def _validation_problem(error: RequestValidationError) -> ProblemResponse:
    details = [_validation_detail(item) for item in error.errors()[:_MAX_DETAILS]]
    return _problem(
        422,
        "validation_error",
        "The request does not have the expected form.",
        details=details,
    )


def _validation_detail(item: dict[str, Any]) -> dict[str, object]:
    """What is wrong and where, without the value that was sent."""
    code = str(item["type"])
    message = "Input is not valid." if code in _QUOTING_TYPES else str(item["msg"])
    location = [part if isinstance(part, int) else part[:64] for part in item["loc"]]
    return {"type": code, "loc": location, "msg": message.removeprefix("Value error, ")}
