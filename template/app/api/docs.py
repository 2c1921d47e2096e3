"""The interactive documentation, in development."""

import base64
import hashlib
import re

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

from app.api.access import PUBLIC

_CDN = "https://cdn.jsdelivr.net"


def add_docs(app: FastAPI, openapi_url: str) -> None:
    """Serve Swagger UI at `/docs`, under a policy that lets just its own parts run."""
    page = get_swagger_ui_html(openapi_url=openapi_url, title=app.title)
    html = bytes(page.body)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_CDN} {_inline_script_hash(html)}",
            f"style-src {_CDN} 'unsafe-inline'",
            "img-src data: https://fastapi.tiangolo.com",
            "connect-src 'self'",
            "frame-ancestors 'none'",
        )
    )

    @app.get("/docs", include_in_schema=False, dependencies=[PUBLIC])
    async def docs() -> HTMLResponse:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def _inline_script_hash(html: bytes) -> str:
    """The source expression that allows the page's inline script (CSP Level 3, 2.3.1)."""
    found = re.search(rb"<script>(.*?)</script>", html, re.DOTALL)
    script = found[1] if found else b""
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return f"'sha256-{digest}'"
