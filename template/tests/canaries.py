"""Every test is a test of the logs: no secret may show in them, nor in a refusal.

The secrets are found in what the tests send and get; the output is every formatted line
of the log and every answer of 400 and above.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl

import pytest
from httpx2 import Request, RequestNotRead, Response

from app.core.logging import LineHandler

# Simpler ones, such as a wrong password "x", would be found by chance.
MIN_CHARACTERS = 6

# How JWTs begin: `{"alg":`, `{"typ":`, `{"kid":`. Less of it comes by chance, in a state.
JWT_HEADS = ("eyJhbGciOi", "eyJ0eXAiOi", "eyJraWQiOi")


class Canaries:
    """The secrets of one test beside the `known`, and the output that must hold none."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known = {*JWT_HEADS, "$argon2", "$2b$", *known}
        self.secrets: set[str] = set()
        self.output: list[str] = []

    def add(self, name: str, value: Any) -> None:
        """Keep the secrets in `value`, which goes by `name` in a document."""
        if isinstance(value, dict):
            for key, item in value.items():
                self.add(key, item)
        is_secret = "password" in name or name.endswith("token")
        if is_secret and len(set(str(value))) >= MIN_CHARACTERS:
            self.secrets.add(str(value))

    async def see_request(self, request: Request) -> None:
        """Learn the secrets of a request, as a hook of a client."""
        credentials = request.headers.get("Authorization", "")
        self.add("access_token", credentials.removeprefix("Bearer "))
        with suppress(RequestNotRead):  # a stream is left alone
            self.add("", _document(request.content))

    async def see_response(self, response: Response) -> None:
        """Learn the secrets of a success, or keep a refusal, as a hook of a client."""
        body = await response.aread()
        if response.is_success:
            self.add("", _document(body))
        elif response.status_code >= 400:
            self.output.append(response.text)

    @contextmanager
    def watching_logs(self) -> Iterator[None]:
        """Keep every line that is written meanwhile, in whatever thread."""
        original = LineHandler.write

        def keep(handler: LineHandler, line: str) -> None:
            self.output.append(line)
            original(handler, line)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LineHandler, "write", keep)
            yield

    def check(self) -> None:
        """Fail when a secret shows, quoting the output; forget what was seen."""
        secrets, output = self.known | self.secrets, self.output
        self.secrets, self.output = set(), []
        forms = [(each, json.dumps(each)[1:-1]) for each in secrets] if output else []
        shown = [
            (secret, text)
            for secret, escaped in forms
            for text in output
            if secret in text or escaped in text
        ]
        assert not shown, f"Secrets in the log or in refusals: {shown}"


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return dict(parse_qsl(body.decode("latin-1")))
