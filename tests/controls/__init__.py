"""Every protection, by subject; see `controls.base`."""

from operator import attrgetter

from controls import (
    accounts,
    data,
    faults,
    http,
    inputs,
    limits,
    logs,
    mail,
    migrations,
    oauth,
    redis,
    settings,
    tokens,
    writes,
)
from controls.base import Control

__all__ = ["CONTROLS", "ON_POSTGRESQL", "ON_SQLITE", "Control"]


def by_path(controls: list[Control]) -> list[Control]:
    """Those of one file follow each other: `support.warm` wants them so."""
    return sorted(controls, key=attrgetter("path"))


CONTROLS = by_path(
    [
        *accounts.CONTROLS,
        *tokens.CONTROLS,
        *mail.CONTROLS,
        *limits.CONTROLS,
        *http.CONTROLS,
        *inputs.CONTROLS,
        *logs.CONTROLS,
        *data.CONTROLS,
        *migrations.CONTROLS,
        *writes.CONTROLS,
        *settings.CONTROLS,
        *oauth.CONTROLS,
        *redis.CONTROLS,
    ]
)
ON_SQLITE = by_path(faults.ON_SQLITE)
ON_POSTGRESQL = by_path(faults.ON_POSTGRESQL)
