"""How connections to PostgreSQL are made."""

import pytest

from app.registry import DIALECT


@pytest.mark.parametrize(
    ("given", "driver", "host"),
    [
        ("postgresql://ada@localhost/app", "postgresql+asyncpg", "localhost"),
        ("postgres://ada@localhost/app", "postgresql+asyncpg", "localhost"),
        ("postgresql+asyncpg://ada@db:1/app", "postgresql+asyncpg", "db"),
        ("postgresql://ada@/app?host=/run/postgresql", "postgresql+asyncpg", None),
    ],
)
def test_every_way_to_write_a_url_is_understood(
    given: str, driver: str, host: str | None
) -> None:
    url = DIALECT.parse_url(given)
    assert (url.drivername, url.host, url.database) == (driver, host, "app")


def test_urls_of_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="runs on postgresql, not mysql"):
        DIALECT.parse_url("mysql://localhost/app")
