"""Every protection, by subject; see `controls.base`."""

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

CONTROLS = [
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
