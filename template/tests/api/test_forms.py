"""Forms that are made to cost memory or time are refused, and with a short answer."""

import asyncio

import pytest
from httpx2 import AsyncClient

from tests.clients import API

URLENCODED = "application/x-www-form-urlencoded"
FIELD = b'Content-Disposition: form-data; name="f"'
FILE = FIELD + b'; filename="x"'


def multipart(part: bytes, times: int = 1) -> bytes:
    return (b"--B\r\n" + part + b"\r\n\r\n\r\n") * times + b"--B--\r\n"


BOMBS = {
    "many fields": b"&".join(b"f%d=" % number for number in range(100_000)),
    "as many fields as there may be": b"&".join(b"f%d=" % n for n in range(999)),
    "a large field": b"username=" + b"a" * 1_000_000 + b"&password=x",
    "a large name": b"a" * 1_000_000 + b"=1",
    "escapes": b"username=" + b"%41" * 300_000 + b"&password=x",
    "nothing but separators": b"&" * 100_000,
}

MULTIPART_BOMBS = {
    "many parts": multipart(FIELD, 10_000),
    "many files": multipart(FILE, 10_000),
    "many headers": multipart(FIELD + b"\r\nx: y" * 100_000),
    "a large header": multipart(FIELD + b"\r\nx: " + b"y" * 900_000),
    "a large part": multipart(FIELD + b"\r\n\r\n" + b"x" * 900_000),
    "no end": b"--B\r\n" + FIELD + b"\r\n\r\nx",
    "no parts": b"\r\n" * 400_000,
    "half boundaries": multipart(FIELD + b"\r\n\r\n" + b"\r\n--" * 200_000),
    "a file for a name": multipart(
        b'Content-Disposition: form-data; name="username"; filename="x"'
    ),
}


async def check(client: AsyncClient, media_type: str, body: bytes) -> None:
    response = await client.post(
        f"{API}/auth/login", content=body, headers={"Content-Type": media_type}
    )
    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"
    assert len(response.content) < 2048


@pytest.mark.parametrize("bomb", BOMBS)
async def test_forms_are_bounded(client: AsyncClient, bomb: str) -> None:
    await check(client, URLENCODED, BOMBS[bomb])


@pytest.mark.parametrize("bomb", MULTIPART_BOMBS)
async def test_multipart_forms_are_bounded(client: AsyncClient, bomb: str) -> None:
    await check(client, "multipart/form-data; boundary=B", MULTIPART_BOMBS[bomb])


async def test_multipart_needs_a_boundary_of_reasonable_length(
    client: AsyncClient,
) -> None:
    for parameter in ("", "; boundary=", "; boundary=" + "B" * 7000):
        await check(client, f"multipart/form-data{parameter}", multipart(FIELD))


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-16"])
async def test_multipart_of_another_charset_is_refused_unread(
    client: AsyncClient, charset: str
) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="username"\r\n\r\nabc-'
        + b"kvakva" * 50_000
        + b"\r\n--B--\r\n"
    )
    headers = {"Content-Type": f'Multipart/form-data; boundary=B; charset="{charset}"'}
    async with asyncio.timeout(2):
        response = await client.post(f"{API}/auth/login", content=body, headers=headers)
    assert response.status_code == 415
