"""Structured logs: JSON lines, or colours in development; the request id on each.

Every line, a library's too, has its secrets taken out (`app.core.redaction`).
"""

import contextlib
import json
import logging
import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.core.config import Settings
from app.core.redaction import redact

_stamp: Processor = structlog.processors.TimeStamper(fmt="iso", utc=True)
_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    _stamp,
)

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PROSE = {"event", "exception"}


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def escape_controls(
    _logger: WrappedLogger, _method: str, event_dict: EventDict
) -> EventDict:
    """Processor for terminals: no value starts a line, moves the cursor or colours.

    Messages and tracebacks keep their lines, indented: none passes for one of the log's.
    JSON needs nothing of this, it escapes what is not printable ASCII.
    """
    for name, value in event_dict.items():
        if isinstance(value, str):
            lines = [_CONTROLS.sub(_escape, line) for line in value.split("\n")]
            end = "\n    " if name in _PROSE else r"\n"
            event_dict[name] = end.join(lines)
    return event_dict


def _renderers(settings: Settings) -> list[Processor]:
    if settings.is_development:
        colors = sys.stderr.isatty()
        return [escape_controls, structlog.dev.ConsoleRenderer(colors=colors)]
    # What is redacted is plain, and an encoder that is there already is twice as fast.
    encode = json.JSONEncoder().encode
    return [structlog.processors.JSONRenderer(lambda line, **_: encode(line))]


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes to stderr; of a line that cannot be written only that is told.

    The base would print the line as it came, secrets and all.
    """

    def __init__(self, processors: Sequence[Processor]) -> None:
        super().__init__()
        self.processors = processors
        without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        formatter = structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED, processors=[without_meta, *processors]
        )
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line of a record."""
        try:
            self.write(self.format(record))
        except Exception:
            self.handleError(record)

    def emit_event(self, logger: str, event_dict: EventDict) -> None:
        """Write the line of an event at the level INFO, for which there is no record."""
        try:
            line: Any = {**structlog.contextvars.get_contextvars(), **event_dict}
            line |= {"level": "info", "logger": logger}
            for processor in (_stamp, *self.processors):
                line = processor(None, "info", line)
            with self.lock or contextlib.nullcontext():
                self.write(line)
        except Exception:
            lost = {"name": logger, "pathname": __file__}
            self.handleError(logging.makeLogRecord(lost))

    def write(self, line: str) -> None:
        """Write a line, at once: all of them come by here."""
        self.stream.write(line + self.terminator)
        self.flush()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base's
        """Tell where a line was lost."""
        with contextlib.suppress(Exception):
            where = (type(sys.exception()).__name__, record.pathname, record.lineno)
            lost = {"name": record.name, "levelno": logging.ERROR, "levelname": "ERROR"}
            lost |= {"msg": "log_line_lost: %s at %s:%d", "args": where}
            self.write(self.format(logging.makeLogRecord(lost)))


def log_often(logger: logging.Logger, event: str, **values: object) -> None:
    """Write a line at the level INFO, of a kind that there is in nearly every request.

    By way of `logging` it would take twice as long.
    """
    if logger.isEnabledFor(logging.INFO):
        for handler in logging.getLogger().handlers:
            if isinstance(handler, LineHandler):
                handler.emit_event(logger.name, {"event": event, **values})


def configure_logging(settings: Settings) -> None:
    """Send our own lines and every library's through the same processors to stderr.

    Warnings are lines too. The audit log is written at every `log_level`.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = LineHandler(
        [structlog.processors.format_exc_info, redact, *_renderers(settings)]
    )
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("app.audit").setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Our own access log has the request id; uvicorn's would say everything twice.
    logging.getLogger("uvicorn.access").disabled = True
