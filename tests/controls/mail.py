"""Mails, and the links in them."""

from controls.base import Control

CONTROLS: list[Control] = []
