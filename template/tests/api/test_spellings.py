"""One address is one account, however it is spelled; a lookalike is another one."""

import pytest
from httpx2 import AsyncClient

from tests.clients import login, register
from tests.harness import PASSWORD


@pytest.mark.parametrize(
    ("registered", "typed", "same"),
    [
        ("ada@example.com", "ADA@EXAMPLE.COM", True),
        ("ADA@example.com", "ada@example.com", True),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example", True),
        ("ada@xn--bcher-kva.example", "ADA@BU\u0308CHER.example", True),
        ("ada@example.com", "ada@\uff45xample\uff0ecom", True),
        ("j\u00f6rg@example.com", "JO\u0308RG@example.com", True),
        ("ada@example.com", "ada@ex\u0430mple.com", False),
        ("ada@example.com", "\u0430da@example.com", False),
        ("ada@example.com", "ada+tag@example.com", False),
    ],
    ids=ascii,
)
async def test_spelling_decides_no_more_than_it_should(
    client: AsyncClient, registered: str, typed: str, same: bool
) -> None:
    assert (await register(client, registered)).status_code == 202
    assert (await login(client, typed)).status_code == (200 if same else 401)
    # A second registration does not replace the password of the first one.
    assert (await register(client, typed, "another password")).status_code == 202
    assert (await login(client, registered, PASSWORD)).status_code == 200
    found = await login(client, typed, "another password")
    assert found.status_code == (401 if same else 200)
