"""Logs, the audit log and secrets."""

from controls.base import Control

CONTROLS: list[Control] = []
