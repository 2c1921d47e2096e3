"""Secrets are taken out of what is logged: by the name of a value, and by its look."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from structlog.typing import EventDict, WrappedLogger

REDACTED = "[redacted]"

_MAX_DEPTH = 6

# `refreshToken`, `X-Api-Key` and `API_KEY` in parts, to be joined as `_refresh_token_`.
_PARTS = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+(?![a-z])")

# `code` and `state` are harmless in company: `status_code`.
_SECRET_NAME = re.compile(
    r"_(?:passw(?:or)?ds?|pwd|passphrase|secrets?|tokens?|jwt|bearer|otp|authorization"
    r"|cookies?|credentials?|apikey|(?:api|access|private|signing|encryption)_key)_"
    r"|^_(?:(?:auth_)?code|code_verifier|(?:oauth_)?state)_$"
)

# What stands before a secret is a group, and stays. Each alternative is bounded or cannot
# begin twice within what it has read, so that the time is linear in the text.
_SECRET_TEXT = re.compile(
    r"""
      eyJ[\w.=-]{8,}                                      # a JWT, or its beginning
    | \$(?:argon2|2[abxy]\$)[\w$,=+/.-]*                  # a password hash
    | ((?i:bearer)\s+)[\w.~+/=-]+
    | (://[^\s:/@]*:)[^\s"]{1,128}(?=@)                   # scheme://user:password@host
    | ((?i:[?&;\#](?:[\w.-]{0,40}(?:token|password|secret|api_?key|signature)
        |code|state)=))[^\s&"'\#]+                        # in the query of a URL
    | ((?i:(?:password|passwd|secret|token|authorization|cookie|api_?key)[\w-]{0,20}
        ["']?\s?[=:]\s?b?))(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')  # in a repr
    | ((?:input_value=|'input':\s))[^\n]*                 # what Pydantic refused
    | ((?:invalid\ input|malformed)[^\n:]{0,80}:\s)[^\n]* # what the database refused
    | (DETAIL:\s+)(?s:.*?)(?=\n\n|\n\[SQL|\nHINT:|\Z)
    | (\)=\()[^\n]*(?=\))                                 # Key (email)=(ada@example.com)
    """,
    re.VERBOSE,
)
_REPLACEMENT = "".join(rf"\{n + 1}" for n in range(_SECRET_TEXT.groups)) + REDACTED

# Nearly all text has none of these and is not looked at twice.
_HINT = re.compile(r"""[$=@'"J]|earer|EARER|DETAIL|nvalid input|alformed""")


@lru_cache(maxsize=512)
def _is_secret(name: str) -> bool:
    joined = "_".join(["", *_PARTS.findall(name), ""]).lower()
    return _SECRET_NAME.search(joined) is not None


def redact_text(text: str) -> str:
    """Return `text` without what looks like a secret; the time is linear in its length."""
    if _HINT.search(text) is None:
        return text
    return _SECRET_TEXT.sub(_REPLACEMENT, text)


def _redact_value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth == _MAX_DEPTH:
        return REDACTED
    if isinstance(value, Mapping):
        return dict(_redact_pair(pair, depth + 1) for pair in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        redact_item = _redact_pair if _holds_pairs(value) else _redact_value
        return [redact_item(item, depth + 1) for item in value]
    return redact_text(repr(value))


def _holds_pairs(items: Collection[Any]) -> bool:
    """Whether `items` could be a mapping's, as the raw headers of a request are."""
    return all(
        isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], (str, bytes))
        for item in items
    )


def _redact_pair(pair: tuple[Any, Any], depth: int) -> tuple[str, Any]:
    key, value = pair
    name = key.decode("latin-1") if isinstance(key, bytes) else str(key)
    secret = _is_secret(name[:64])
    return redact_text(name), REDACTED if secret else _redact_value(value, depth)


def redact(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Processor: take the secrets out of a whole event, exception text included."""
    return {
        name: REDACTED if _is_secret(name) else _redact_value(value, 0)
        for name, value in event_dict.items()
    }
