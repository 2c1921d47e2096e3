"""What an entry looks like in Redis: JSON, and nothing that was not ours is taken."""

import hmac
import json
from collections.abc import Sequence
from time import time

from app.core.security import derive_key

_MAC_LENGTH = 64


class Seals:
    """Seals entries for their key, their tokens and their time; the rest is a miss.

    An entry is the list of a MAC (HMAC-SHA256), the second it ends in, and the value.
    Whoever can write to Redis can therefore neither make an entry nor move one, nor keep
    it alive. The first of `secret_keys` seals; those of the others are still taken.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [derive_key(secret, "cache") for secret in secret_keys]

    def close(
        self, key: str, tokens: Sequence[bytes], seconds: float, value: bytes
    ) -> bytes:
        """Return the entry for `value`, which is JSON, good for so many seconds."""
        end = str(_milliseconds(time() + seconds)).encode()
        mac = _mac(self._keys[0], key, tokens, end, value)
        return b'["%s",%s,%s]' % (mac, end, value)

    def open(
        self, key: str, tokens: Sequence[bytes], entry: bytes | None
    ) -> bytes | None:
        """Return the value in an entry; None unless it is one, of these tokens."""
        if not isinstance(entry, bytes) or entry[:2] != b'["':
            return None
        mac, rest = entry[2 : 2 + _MAC_LENGTH], entry[4 + _MAC_LENGTH : -1]
        end, _, value = rest.partition(b",")
        for secret in self._keys:
            if hmac.compare_digest(mac, _mac(secret, key, tokens, end, value)):
                return value if int(end) > _milliseconds(time()) else None
        return None


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _mac(
    secret: bytes, key: str, tokens: Sequence[bytes], end: bytes, value: bytes
) -> bytes:
    head = json.dumps([key, *(token.decode("latin-1") for token in tokens)]).encode()
    content = b"\n".join([head, end, value])
    return hmac.digest(secret, content, "sha256").hex().encode()
