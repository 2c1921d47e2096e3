"""Every protection, by subject; see `controls.base`."""

from operator import attrgetter

from controls import (
    accounts,
    data,
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

__all__ = ["CONTROLS", "Control"]

# Those of one file follow each other: `support.warm` wants them so.
CONTROLS = sorted(
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
    ],
    key=attrgetter("path"),
)
