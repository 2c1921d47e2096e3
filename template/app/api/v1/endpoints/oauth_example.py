"""An example page to sign in on, in development."""

import base64
import hashlib
import re
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.api.access import PUBLIC
from app.api.dependencies import ResourcesDep
from app.core.exceptions import NotFoundError

_HTML = (Path(__file__).parents[2] / "oauth_example.html").read_text(encoding="utf-8")


def _hash_of(tag: str) -> str:
    """The source expression that allows the page's inline `tag` (CSP Level 3, 2.3.1)."""
    content = re.findall(f"<{tag}>(.*?)</{tag}>", _HTML, re.DOTALL)[0]
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src {_hash_of('script')}",
        f"style-src {_hash_of('style')}",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

router = APIRouter(prefix="/auth/oauth", dependencies=[PUBLIC])


@router.get("/example", include_in_schema=False)
async def example(resources: ResourcesDep) -> HTMLResponse:
    """Show the page."""
    if not resources.settings.is_development:
        raise NotFoundError
    return HTMLResponse(_HTML, headers={"Content-Security-Policy": _POLICY})
