"""Asking providers, who may be down, slow or talk nonsense."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cache
from ssl import SSLContext
from typing import Any, cast

import structlog
from httpx2 import (
    AsyncBaseTransport,
    AsyncByteStream,
    AsyncClient,
    AsyncHTTPTransport,
    HTTPError,
    Request,
    Response,
    create_ssl_context,
)
from pydantic import TypeAdapter

from app.core.exceptions import BadGatewayError

TOTAL_SECONDS = 8.0
"""How long everything may take that a provider is asked for one sign-in."""

MAX_BYTES = 1_048_576

_log = structlog.get_logger(__name__)

_object = TypeAdapter(dict[str, Any])


class TooMuchError(HTTPError):
    """An answer is larger than any that makes sense, or may become so."""


class _CappedStream(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BYTES:
                message = "more than a mebibyte"
                raise TooMuchError(message)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class CappedTransport(AsyncBaseTransport):
    """Reads no more than `MAX_BYTES` of an answer, and none that is compressed."""

    def __init__(self, transport: AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: Request) -> Response:
        """Send a request."""
        request.headers["Accept-Encoding"] = "identity"
        response = await self._transport.handle_async_request(request)
        if "Content-Encoding" in response.headers:
            await response.aclose()
            message = "compressed, which nobody asked for"
            raise TooMuchError(message)
        return Response(
            response.status_code,
            headers=response.headers,
            stream=_CappedStream(cast("AsyncByteStream", response.stream)),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


@cache
def _tls() -> SSLContext:
    """The certificates to trust, which take 25 ms to read, once in a process."""
    return create_ssl_context()


@asynccontextmanager
async def open_transport(
    transport: AsyncBaseTransport | None = None,
) -> AsyncIterator[AsyncBaseTransport]:
    """The connections to all providers; `transport` replaces the network in tests."""
    transport = transport or AsyncHTTPTransport(verify=_tls())
    async with aclosing(CappedTransport(transport)) as capped:
        yield capped


@asynccontextmanager
async def asking(label: str) -> AsyncIterator[None]:
    """Give up after `TOTAL_SECONDS`; raise `BadGatewayError` for whatever goes wrong.

    What a provider says of its failure is told to nobody.
    """
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            yield
    except (HTTPError, OSError, ValueError, TypeError, RecursionError) as error:
        _log.warning("provider_failed", provider=label, error=type(error).__name__)
        message = f"{label} does not answer as it should; try again later."
        raise BadGatewayError(message) from None


async def get(
    transport: AsyncBaseTransport, url: str, token: str | None = None
) -> bytes:
    """Return the body of a success at `url`, asked for with a bearer `token`."""
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    # A client of its own: cookies of one sign-in are none of another's business.
    response = await AsyncClient(transport=transport).get(url, headers=headers)
    if response.status_code != 200:
        response.raise_for_status()
        message = f"answered with {response.status_code}"
        raise HTTPError(message)
    return response.content


async def get_object(
    transport: AsyncBaseTransport, url: str, token: str | None = None
) -> dict[str, Any]:
    """Return the JSON object at `url`; raises `ValueError` for anything else."""
    return _object.validate_json(await get(transport, url, token))
