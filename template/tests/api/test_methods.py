"""Methods that a path does not have."""

import re

import pytest
from httpx2 import AsyncClient

from tests.clients import API
from tests.operations import Document, read_document

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO"}


def methods_of(document: Document, url: str) -> set[str]:
    """The methods of every path that `url` is one of."""
    return {
        operation.method
        for operation in document.operations
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", operation.path), url)
    }


async def test_other_methods_are_refused_and_the_right_ones_named(
    client: AsyncClient,
) -> None:
    document = await read_document(client)
    for url in {operation.url for operation in document.operations}:
        own = methods_of(document, url)
        for method in METHODS - own:
            response = await client.request(method, url)
            assert response.status_code == 405, (method, url)
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.headers["Allow"] == ", ".join(sorted(own)), url


@pytest.mark.parametrize("method", sorted(METHODS - {"GET"}))
async def test_what_is_not_there_is_not_there_by_any_method(
    client: AsyncClient, method: str
) -> None:
    response = await client.request(method, f"{API}/nothing")
    assert response.status_code == 404
    assert "Allow" not in response.headers
    assert bool(response.content) is (method != "HEAD")
