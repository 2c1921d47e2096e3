"""Where Redis is said to be."""

import pytest

from tests.core.conftest import Environ, Refusal


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://localhost", "write redis://"),
        ("redis://", "write redis://"),
        ("redis+sentinel://localhost:26379", "name the service"),
        ("redis://one:1,two:2", "several hosts"),
        ("redis://localhost:port", "Port could not be cast"),
    ],
)
def test_what_is_no_address_is_refused(
    url: str, reason: str, environ: Environ, refusal: Refusal
) -> None:
    environ(REDIS_URL=url)
    (line,) = refusal()
    assert line.startswith("APP_REDIS_URL: ")
    assert reason in line


def test_production_needs_one(environ: Environ, refusal: Refusal) -> None:
    environ(REDIS_URL=None)
    assert refusal() == ["APP_REDIS_URL: not set; .env.example shows it."]
    environ(REDIS_URL="redis://:change-me-redis@redis/0")
    assert refusal() == ["APP_REDIS_URL: holds a placeholder; put the real one."]
