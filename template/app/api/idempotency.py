"""Idempotency-Key: a POST that is sent again, because its answer was lost, takes effect once.

Follows draft-ietf-httpapi-idempotency-key-header, with the key taken as it comes.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from app.api.dependencies import CurrentUser, SessionDep, resources_of
from app.core.exceptions import ConflictError
from app.domain.idempotency import Answer, KeyedRequest
from app.repositories.idempotency import IdempotencyRepository
from app.services.idempotency import IdempotencyService

_HEADER = "Idempotency-Key"
_KEPT_HEADERS = ("content-type", "etag", "location")

Key = Annotated[
    str | None, Header(alias=_HEADER, min_length=1, max_length=255, pattern="^[!-~]+$")
]


@dataclass(frozen=True)
class _Attempt:
    """A request with a key that has not been answered yet."""

    service: IdempotencyService
    request: KeyedRequest

    async def keep(self, response: Response) -> None:
        headers = response.headers
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        answer = Answer(
            status=response.status_code, headers=kept, body=bytes(response.body)
        )
        await self.service.keep(self.request, answer)


class _AnsweredError(Exception):
    """The request was answered before."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


async def _begin(
    request: Request,
    user: CurrentUser,
    session: SessionDep,
    key: Key = None,
) -> None:
    if key is None:
        return
    service = IdempotencyService(
        session, IdempotencyRepository(session), resources_of(request).fingerprints
    )
    keyed = KeyedRequest(
        user_id=user.id,
        method=request.method,
        path=request.scope["path"],
        key=key,
        content=request.scope["query_string"] + b"\n" + await request.body(),
    )
    answer = await service.find(keyed)
    if answer is not None:
        raise _AnsweredError(answer)
    request.state.attempt = _Attempt(service, keyed)


class IdempotentRoute(APIRoute):
    """A route whose POST takes an `Idempotency-Key`, from who is signed in.

    For `APIRouter(route_class=IdempotentRoute)`. The success of a request is kept for a
    day, in its transaction, and is the answer to the same request of the same user when it
    comes again; with another content the key is refused with 422. An error keeps nothing.
    Of the same requests at once one takes effect, and nothing is locked meanwhile: the
    others meet the unique index, or a conflict before it.

    The answer is stored as it is: not for routes that hand out tokens. One that is streamed
    cannot be.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[Dependency] | None = None,
        methods: set[str] | list[str] | None = None,
        **options: Any,
    ) -> None:
        # The last of them: permissions and limits come before an answer is given again.
        if "POST" in (methods or ()):
            dependencies = [*(dependencies or ()), Depends(_begin)]
        super().__init__(
            path, endpoint, dependencies=dependencies, methods=methods, **options
        )

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request; the session commits only after that."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            if _HEADER not in request.headers:
                return await handle(request)
            await _read_body(request)
            try:
                response = await handle(request)
                attempt = _attempt(request)
                if attempt is not None and response.status_code < 400:
                    await attempt.keep(response)
            except _AnsweredError as answered:
                return _replay(answered.answer)
            except ConflictError:
                attempt = _attempt(request)
                if attempt is None:
                    raise
                answer = await attempt.service.find_winner(attempt.request)
                if answer is None:
                    raise
                return _replay(answer)
            return response

        return handle_once


def _attempt(request: Request) -> _Attempt | None:
    """What `_begin` has left, None on the routes that it is not for."""
    attempt: _Attempt | None = getattr(request.state, "attempt", None)
    return attempt


async def _read_body(request: Request) -> None:
    """Keep the body for `_begin`: who reads a form does not."""
    try:
        await request.body()
    except ClientDisconnect:
        raise HTTPException(400, "The body ended early.") from None


def _replay(answer: Answer) -> Response:
    headers = {**answer.headers, "Idempotency-Replayed": "true"}
    return Response(answer.body, answer.status, headers)
