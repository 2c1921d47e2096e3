"""Everything that the service raises on purpose.

Which HTTP status each one becomes is decided in `app.api.errors`, nowhere else.
"""

from collections.abc import Mapping, Sequence

Details = Sequence[object] | Mapping[str, object]


class APIException(Exception):  # noqa: N818 - the base's name is part of the contract
    """An error with a stable `code`, a `message` for people and optional `details`."""

    code = "error"
    message = "Something went wrong."

    def __init__(self, message: str | None = None, *, details: Details = ()) -> None:
        self.message = message or self.message
        self.details = details
        super().__init__(self.message)


class ValidationError(APIException):
    """The request is well-formed, but makes no sense here."""

    code = "invalid_request"
    message = "The request is not valid."


class AuthenticationError(APIException):
    """Nobody knows who is asking."""

    code = "not_authenticated"
    message = "Sign in first."


class AuthorizationError(APIException):
    """Who is asking may not do this."""

    code = "not_allowed"
    message = "You are not allowed to do this."


class NotFoundError(APIException):
    """It does not exist, or not for who is asking."""

    code = "not_found"
    message = "There is no such resource."


class ConflictError(APIException):
    """It is taken, or was changed meanwhile."""

    code = "conflict"
    message = "This already exists."


class PreconditionFailedError(APIException):
    """It is not what the caller has seen last: none of the tags in If-Match is its own."""

    code = "precondition_failed"
    message = "This is not, or no longer, what If-Match names; read it again."


class RateLimitError(APIException):
    """Too much was asked too fast; `retry_after` is in seconds."""

    code = "rate_limited"
    message = "Too many requests; try again later."

    def __init__(
        self, retry_after: int, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.retry_after = retry_after
        self.headers = dict(headers or {})


class InternalError(APIException):
    """A fault of ours, about which nothing more is told."""

    code = "internal_error"
    message = "Something went wrong on our side."


class ServiceUnavailableError(APIException):
    """Something the service needs is away; the same request may work later."""

    code = "unavailable"
    message = "The service is not available right now; try again in a moment."


class OverloadedError(ServiceUnavailableError):
    """More is being asked at once than the service can answer in time."""

    code = "overloaded"


class BadGatewayError(APIException):
    """Another service, which this one asked, failed or did not answer in time."""

    code = "bad_gateway"
    message = "Another service does not answer as it should; try again later."


class DeadlineExceededError(APIException):
    """It took too long, and was given up."""

    code = "deadline_exceeded"
    message = "This took too long and was given up."


class SlowBodyError(APIException):
    """The body of a request did not arrive in time."""

    code = "request_timeout"
    message = "The request did not arrive in time."
