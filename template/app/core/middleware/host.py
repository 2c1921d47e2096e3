"""Who may be addressed, and over what."""

import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.exceptions import AuthorizationError, ValidationError

_LABEL = re.compile(r"[a-z0-9-]+")
HEALTH_CHECKS = "/api/v1/health/"
"""What comes from inside: neither host, HTTPS nor rate are checked."""


class HTTPSRequiredError(AuthorizationError):
    """The request came in clear."""

    code = "https_required"
    message = "This service is reached over HTTPS only (see FORWARDED_ALLOW_IPS)."


def _host_name(header: str) -> str:
    name, separator, port = header.rpartition(":")
    has_port = bool(separator) and port.isdecimal()
    return (name if has_port else header).lower()


class HostMiddleware:
    """Refuses hosts outside of `allowed` and, where `https_only`, plain HTTP.

    Health checks come from inside the network by address and over plain HTTP, so they
    are exempt. There is no redirect to HTTPS: the credentials of a request that came in
    clear are lost already, and its author should notice.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str], https_only: bool) -> None:
        self.app = app
        self.allowed = {host.lower() for host in allowed}
        self.https_only = https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(HEALTH_CHECKS):
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1 or not self._is_allowed(_host_name(hosts[0])):
                message = "The Host header is not one of this service's."
                raise ValidationError(message)
            if self.https_only and scope["scheme"] != "https":
                raise HTTPSRequiredError
        await self.app(scope, receive, send)

    def _is_allowed(self, host: str) -> bool:
        label, _, parent = host.partition(".")
        is_child = f"*.{parent}" in self.allowed and _LABEL.fullmatch(label) is not None
        return "*" in self.allowed or host in self.allowed or is_child
