"""Routes, input, errors and headers."""

from controls.base import Control

ERRORS = "tests/api/test_errors.py"
HEADERS = "tests/api/test_headers.py"
INPUT = "tests/api/test_input.py"
USERS = "tests/api/test_users.py"

CONTROLS = [
    Control(
        "undeclared routes stop the start",
        "app/application.py",
        "        check_access(app)\n",
        "",
        "tests/api/test_access.py",
    ),
    Control(
        "a permission is required",
        "app/api/access.py",
        "if self.permission not in user.permissions:",
        "if False:",
        "tests/api/test_access.py",
    ),
    Control(
        "unknown members are refused",
        "app/schemas/base.py",
        'extra="forbid"',
        'extra="ignore"',
        "tests/api/test_mass_assignment.py",
    ),
    Control(
        "pages are bounded",
        "app/schemas/pagination.py",
        "Query(ge=1, le=100)",
        "Query(ge=1)",
        USERS,
    ),
    Control(
        "passwords hold no unpaired surrogates",
        "app/schemas/base.py",
        "    AfterValidator(_check_secret_text),\n",
        "",
        INPUT,
    ),
    Control(
        "NUL is refused",
        "app/schemas/base.py",
        'NO_NUL = r"^[^\\x00]*$"',
        'NO_NUL = r"^"',
        f"{INPUT} {USERS}",
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
        ERRORS,
    ),
    Control(
        "405 names every method",
        "app/api/errors.py",
        '        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))\n',
        "        pass\n",
        ERRORS,
    ),
    Control(
        "bodies are bounded when their size is declared",
        "app/core/middleware/body_limit.py",
        "        self._check(int(declared[:20]))\n",
        "",
        ERRORS,
    ),
    Control(
        "bodies are bounded when their size is not declared",
        "app/core/middleware/body_limit.py",
        "            self._check(received)\n",
        "",
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
        "                for name, value in self.headers.items():\n"
        "                    headers.setdefault(name, value)\n",
        "",
        HEADERS,
    ),
    Control(
        "a caller's request id is kept only when it is harmless",
        "app/core/middleware/request_context.py",
        "offered if _REQUEST_ID.fullmatch(offered) else uuid4().hex",
        "offered or uuid4().hex",
        HEADERS,
    ),
    Control(
        "documentation is off outside of development",
        "app/application.py",
        'openapi_url = "/openapi.json" if settings.is_development else None',
        'openapi_url = "/openapi.json"',
        HEADERS,
    ),
]
