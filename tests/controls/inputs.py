"""What a request may hold, and what an answer may."""

from controls.base import Control

BOUNDS = "tests/api/test_bounds.py"
ERRORS = "tests/api/test_errors.py"
FORMS = "tests/api/test_forms.py"
INPUT = "tests/api/test_input.py"
JSON = "tests/api/test_json.py"
MASS_ASSIGNMENT = "tests/api/test_mass_assignment.py"
SOCKETS = "tests/test_sockets.py"
PAGINATION = "tests/api/test_pagination.py"

CONTROLS = [
    Control(
        "unknown members are refused",
        "app/schemas/base.py",
        'extra="forbid"',
        'extra="ignore"',
        MASS_ASSIGNMENT,
    ),
    Control(
        "only booleans are booleans",
        "app/schemas/user.py",
        "    is_active: StrictBool\n",
        "    is_active: bool\n",
        "tests/api/test_users.py",
    ),
    Control(
        "pages are bounded",
        "app/schemas/pagination.py",
        "Query(ge=1, le=100)",
        "Query(ge=1)",
        PAGINATION,
    ),
    Control(
        "passwords hold no unpaired surrogates",
        "app/schemas/base.py",
        "    AfterValidator(_check_secret_text),\n",
        "",
        "tests/api/test_password_text.py",
    ),
    Control(
        "NUL is refused",
        "app/schemas/base.py",
        'NO_NUL = r"^[^\\x00]*$"',
        'NO_NUL = r"^"',
        f"{INPUT} {PAGINATION}",
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
        "names in JSON occur once",
        "app/core/middleware/strict_json.py",
        " or len({name for name, _ in pairs}) < len(pairs)",
        "",
        JSON,
    ),
    Control(
        "objects in JSON have a bounded number of members",
        "app/core/middleware/strict_json.py",
        "len(pairs) > _MAX_MEMBERS or ",
        "",
        JSON,
    ),
    Control(
        "JSON has no NaN and no Infinity",
        "app/core/middleware/strict_json.py",
        "            parse_constant=_refuse_constant,\n",
        "",
        JSON,
    ),
    Control(
        "numbers in JSON are finite",
        "app/core/middleware/strict_json.py",
        "            parse_float=_finite,\n",
        "",
        JSON,
    ),
    Control(
        "JSON is UTF-8 without a byte order mark",
        "app/core/middleware/strict_json.py",
        "body.decode()",
        "body",
        JSON,
    ),
    Control(
        "JSON of any depth is answered",
        "app/core/middleware/strict_json.py",
        "except (ValueError, RecursionError):",
        "except ValueError:",
        JSON,
    ),
    Control(
        "a client that leaves amid its body is no error",
        "app/core/middleware/strict_json.py",
        "except ClientDisconnect:",
        "except ZeroDivisionError:",
        SOCKETS,
    ),
    Control(
        "JSON must say that it is JSON",
        "app/application.py",
        "        redirect_slashes=False,\n",
        "        redirect_slashes=False,\n        strict_content_type=False,\n",
        JSON,
    ),
    Control(
        "addresses are bounded",
        "app/core/middleware/head_limit.py",
        "> _MAX_TARGET_BYTES",
        "> 10**9",
        SOCKETS,
    ),
    Control(
        "the number of headers is bounded",
        "app/core/middleware/head_limit.py",
        "len(headers) > _MAX_HEADERS or ",
        "",
        SOCKETS,
    ),
    Control(
        "the size of headers is bounded",
        "app/core/middleware/head_limit.py",
        " or size > _MAX_HEADER_BYTES",
        "",
        SOCKETS,
    ),
    Control(
        "text in requests is bounded",
        "app/schemas/base.py",
        "min_length=1, max_length=200, pattern=NO_NUL",
        "min_length=1, pattern=NO_NUL",
        BOUNDS,
    ),
    Control(
        "refusals quote the beginning of a name",
        "app/api/errors.py",
        "part[:64]",
        "part",
        FORMS,
    ),
    Control(
        "refusals name a bounded number of mistakes",
        "app/api/errors.py",
        "error.errors()[:_MAX_DETAILS]",
        "error.errors()",
        FORMS,
    ),
    Control(
        "null is no value of a column that has one",
        "app/schemas/user.py",
        "    is_active: StrictBool\n    roles: Roles\n",
        "    is_active: StrictBool | None\n    roles: Roles\n",
        MASS_ASSIGNMENT,
    ),
    Control(
        "answers hold what is meant for their reader",
        "app/schemas/user.py",
        "    email_verified: bool\n",
        "    email_verified: bool\n    password_hash: str | None\n",
        MASS_ASSIGNMENT,
    ),
    Control(
        "passwords are not cut",
        "app/schemas/base.py",
        "    return value\n\n\ndef _check_secret_text",
        "    return SecretStr(value.get_secret_value()[:72])\n\n\ndef _check_secret_text",
        "tests/api/test_password_text.py",
    ),
    Control(
        "multipart bodies are in one encoding",
        "app/core/middleware/pipeline.py",
        "        Middleware(MultipartCharsetMiddleware),\n",
        "",
        "tests/api/test_forms.py",
    ),
    Control(
        "what is no address is not kept as one",
        "app/domain/client.py",
        'return str(ip_address(text.partition("%")[0]))',
        "return text",
        "tests/api/test_sessions.py",
    ),
]
