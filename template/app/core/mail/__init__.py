"""Mails: how they are sent, and the outbox they wait in."""

from app.core.mail.outbox import Outbox
from app.core.mail.url import create_transport

__all__ = ["Outbox", "create_transport"]
