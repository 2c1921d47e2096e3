"""Routes, errors and headers."""

from controls.base import Control

CORS = "tests/api/test_cors.py"
ERRORS = "tests/api/test_errors.py"
HEADERS = "tests/api/test_headers.py"
NO_ECHO = "tests/api/test_no_echo.py"
SOCKETS = "tests/test_sockets.py"

CONTROLS = [
    Control(
        "undeclared routes stop the start",
        "app/application.py",
        "        check_access(app)\n",
        "",
        "tests/api/test_access.py::test_undeclared_route_stops_the_start_however_deep_it_is",
    ),
    Control(
        "a permission is required",
        "app/api/access.py",
        "if self.permission not in user.permissions:",
        "if False:",
        "tests/api/test_access.py",
    ),
    Control(
        "nothing leaves the application as an exception",
        "app/core/middleware/error_boundary.py",
        "            if started:\n                raise\n",
        "            raise\n",
        ERRORS,
    ),
    Control(
        "validation errors do not quote the input",
        "app/api/errors.py",
        'return {"type": code, "loc": location,',
        'return {"input": item["input"], "type": code, "loc": location,',
        NO_ECHO,
    ),
    Control(
        "405 names every method",
        "app/api/errors.py",
        '        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))\n',
        "        pass\n",
        ERRORS,
    ),
    Control(
        "foreign hosts are refused",
        "app/core/middleware/host.py",
        "if len(hosts) != 1 or not self._is_allowed(_host_name(hosts[0])):",
        "if False:",
        HEADERS,
    ),
    Control(
        "production wants HTTPS",
        "app/core/middleware/pipeline.py",
        "https_only=strict",
        "https_only=False",
        HEADERS,
    ),
    Control(
        "security headers are on every answer",
        "app/core/middleware/request_context.py",
        "                headers += [each for each in self.headers if each[0] not in names]\n",
        "",
        HEADERS,
    ),
    Control(
        "a caller's request id is kept only when it is harmless",
        "app/core/middleware/request_context.py",
        "offered if _REQUEST_ID.fullmatch(offered) else token_hex(16)",
        "offered or token_hex(16)",
        HEADERS,
    ),
    Control(
        "documentation is off outside of development",
        "app/application.py",
        'openapi_url = "/openapi.json" if settings.is_development else None',
        'openapi_url = "/openapi.json"',
        HEADERS,
    ),
    Control(
        "nothing is redirected",
        "app/application.py",
        "        redirect_slashes=False,\n",
        "",
        HEADERS,
    ),
    Control(
        "only the named origins may call",
        "app/core/middleware/cors.py",
        "allow_origins=origins,",
        'allow_origins=["*"],',
        CORS,
    ),
    Control(
        "pages may use the methods of the API only",
        "app/core/middleware/cors.py",
        'allow_methods=("GET", "POST", "PATCH", "DELETE"),',
        'allow_methods=("*",),',
        CORS,
    ),
    Control(
        "pages may send the headers of the API only",
        "app/core/middleware/cors.py",
        """            allow_headers=(
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "X-Request-ID",
            ),
""",
        '            allow_headers=("*",),\n',
        CORS,
    ),
    Control(
        "a request names one host",
        "app/core/middleware/host.py",
        "len(hosts) != 1",
        "not hosts",
        SOCKETS,
    ),
    Control(
        "browsers are told to come back over HTTPS",
        "app/core/middleware/pipeline.py",
        "(STRICT_TRANSPORT if strict else {})",
        "{}",
        HEADERS,
    ),
    Control(
        "answers are not kept in caches",
        "app/core/middleware/request_context.py",
        '    "Cache-Control": "no-store",\n',
        "",
        HEADERS,
    ),
]
