"""Logs, the audit log and secrets."""

from controls.base import Control

AUDIT = "tests/api/test_audit.py"
LINES = "tests/api/test_log_lines.py"
LOGGING = "tests/core/test_logging.py"
REDACTION = "tests/core/test_redaction.py"

CONTROLS = [
    Control(
        "secrets are taken out of every line",
        "app/core/logging.py",
        "format_exc_info, redact,",
        "format_exc_info,",
        "tests/test_canaries.py",
    ),
    Control(
        "the line of a request is like all others",
        "app/core/logging.py",
        "(_stamp, *self.processors)",
        "(_stamp, self.processors[-1])",
        LINES,
    ),
    Control(
        "secrets are taken out by name",
        "app/core/redaction.py",
        "name: REDACTED if _is_secret(name) else _redact_value(value, 0)",
        "name: _redact_value(value, 0)",
        REDACTION,
    ),
    Control(
        "secrets are taken out by name in whatever is nested",
        "app/core/redaction.py",
        "REDACTED if secret else _redact_value(value, depth)",
        "_redact_value(value, depth)",
        REDACTION,
    ),
    Control(
        "secrets are taken out of texts",
        "app/core/redaction.py",
        "if _HINT.search(text) is None:",
        "if True:",
        f"{REDACTION} {LOGGING}",
    ),
    Control(
        "what a database says of a row is taken out",
        "app/core/redaction.py",
        "(?s:.*?)(?=\\n\\n|\\n\\[SQL|\\nHINT:|\\Z)",
        "(?=\\Z)",
        REDACTION,
    ),
    Control(
        "the search for secrets is linear in time",
        "app/core/redaction.py",
        '[^\\s"]{1,128}(?=@)',
        '[^\\s"]+(?=@)',
        REDACTION,
    ),
    Control(
        "statements fail without telling their parameters",
        "app/core/database.py",
        "hide_parameters=True",
        "hide_parameters=False",
        LINES,
    ),
    Control(
        "SQLite's driver does not tell the parameters of statements",
        "app/core/sqlite.py",
        '    logging.getLogger("aiosqlite").setLevel(logging.INFO)\n',
        "",
        LINES,
    ),
    Control(
        "the access log has no query",
        "app/core/middleware/access_log.py",
        'path=scope["path"],',
        'path=scope["path"] + scope["query_string"].decode(),',
        LINES,
    ),
    Control(
        "control characters reach no terminal",
        "app/core/logging.py",
        "[escape_controls, ",
        "[",
        LINES,
    ),
    Control(
        "a line that cannot be written is not printed as it came",
        "app/core/logging.py",
        "def handleError(",
        "def handle_error(",
        LOGGING,
    ),
    Control(
        "warnings are lines like all others",
        "app/core/logging.py",
        "    logging.captureWarnings(True)\n",
        "",
        LOGGING,
    ),
    Control(
        "the server's own handlers are off",
        "app/core/logging.py",
        "        logging.getLogger(name).handlers.clear()\n",
        "",
        LOGGING,
    ),
    Control(
        "the server's own access log is off",
        "app/core/logging.py",
        '    logging.getLogger("uvicorn.access").disabled = True\n',
        "",
        LOGGING,
    ),
    Control(
        "no log level silences the audit log",
        "app/core/logging.py",
        '    logging.getLogger("app.audit").setLevel(logging.INFO)\n',
        "",
        AUDIT,
    ),
    Control(
        "a denied permission is in the audit log",
        "app/api/access.py",
        "            log_denial(user.id, self.permission)\n",
        "",
        AUDIT,
    ),
    Control(
        "the audit log names who acts",
        "app/api/dependencies.py",
        "    bind_contextvars(actor_id=str(user.id))\n",
        "",
        AUDIT,
    ),
    Control(
        "who acts is forgotten with the request",
        "app/core/middleware/request_context.py",
        "        structlog.contextvars.clear_contextvars()\n",
        "",
        AUDIT,
    ),
    Control(
        "the user agent in the log is cut",
        "app/core/middleware/request_context.py",
        "[:MAX_USER_AGENT]",
        "",
        AUDIT,
    ),
    Control(
        "commands log as the service does",
        "app/__main__.py",
        "    configure_logging(settings)\n",
        "",
        "tests/test_cli.py",
    ),
]
