"""Rate limits and throttled sign-ins."""

from controls.base import Control

CONTROLS: list[Control] = []
