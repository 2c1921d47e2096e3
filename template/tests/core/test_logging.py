"""Whatever is logged, by whomever, comes out as one line without secrets."""

import asyncio
import io
import json
import logging
import warnings
from typing import Any

import pytest
import structlog
import uvicorn

from app.core.clock import utc_now
from app.core.config import Environment, Settings
from tests.harness import Logs, log_output

CANARY = "canary-4711"
URL = f"db://ada:{CANARY}@host/app"

_log = structlog.get_logger("tests")


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    assert CANARY not in stream.getvalue()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(message: str = f"nobody opens {URL}", password: str = CANARY) -> None:
    raise LookupError(message)


@pytest.mark.parametrize(
    "environment", [Environment.DEVELOPMENT, Environment.PRODUCTION]
)
def test_secrets_are_taken_out_of_our_lines(
    settings: Settings, environment: Environment
) -> None:
    with log_output(settings, environment=environment) as stream:
        _log.info("signed in", refresh_token=CANARY, form={"password": [CANARY]})
        try:
            fail()
        except LookupError:
            _log.exception("failed", url=URL)
    shown = stream.getvalue()
    assert CANARY not in shown
    assert "nobody opens db://ada:[redacted]@host/app" in shown
    assert "refresh_token" in shown


def test_secrets_are_taken_out_of_libraries_lines(settings: Settings) -> None:
    with log_output(settings, environment="production") as stream:
        library = logging.getLogger("library")
        library.warning("no answer of %s", URL, stack_info=True)
        try:
            fail()
        except LookupError:
            library.exception("failed")
    told, failed = read(stream)
    assert told["event"] == "no answer of db://ada:[redacted]@host/app"
    assert (told["logger"], told["level"]) == ("library", "warning")
    assert failed["exception"].endswith("db://ada:[redacted]@host/app")


def test_warnings_are_lines_too(settings: Settings) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        with log_output(settings, environment="production") as stream:
            warnings.warn(f"{URL} is deprecated", stacklevel=1)
    (line,) = read(stream)
    assert (line["logger"], line["level"]) == ("py.warnings", "warning")


async def test_failures_of_background_tasks_are_lines_too(settings: Settings) -> None:
    async def work() -> None:
        fail()

    with log_output(settings, environment="production") as stream:
        task = asyncio.create_task(work())
        await asyncio.wait([task])
        del task
        await asyncio.sleep(0)
    (line,) = read(stream)
    assert (line["logger"], line["level"]) == ("asyncio", "error")
    assert "LookupError" in line["exception"]


def test_the_servers_lines_are_like_ours_and_its_access_log_is_off(
    settings: Settings,
) -> None:
    uvicorn.Config("app.main:app")
    with log_output(settings, environment="production") as stream:
        logging.getLogger("uvicorn.error").info("Started on %s", URL)
        logging.getLogger("uvicorn.access").info("GET /?token=%s", CANARY)
        assert logging.getLogger("uvicorn").handlers == []
    (line,) = read(stream)
    assert (line["logger"], line["level"]) == ("uvicorn.error", "info")


class Unprintable:
    """What fails when it is shown."""

    def __repr__(self) -> str:
        raise RuntimeError(CANARY)


def test_of_a_line_that_cannot_be_written_only_that_is_told(
    settings: Settings,
) -> None:
    with log_output(settings, environment="production") as stream:
        logging.getLogger("library").error("%d", CANARY)
        _log.info("odd", note=CANARY, odd=Unprintable())
    first, second = read(stream)
    assert first["event"].startswith("log_line_lost: TypeError at ")
    assert second["event"].startswith("log_line_lost: RuntimeError at ")


def test_a_log_that_is_closed_stops_nobody(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with log_output(settings, environment="production") as stream:
        stream.close()
        _log.info("unheard", note=CANARY)
    assert CANARY not in capfd.readouterr().err


def test_times_are_utc(logs: Logs) -> None:
    _log.info("now")
    assert logs()[0]["timestamp"].endswith("Z")


CONTROLS = "a\r\n\x1b[31mb\x07\x7f\x85\x9b\u2028\u2029\tc"


def test_controls_start_no_line_and_no_colour(settings: Settings) -> None:
    with log_output(settings) as stream:
        _log.info(
            "event\r\x1b[0m\nmore", text=CONTROLS, bare="\x1b\x9b", inside=[CONTROLS]
        )
        logging.getLogger("library").warning("said %s", CONTROLS)
        try:
            fail(f"{CONTROLS}\n2026-01-01T00:00:00Z [info] forged")
        except LookupError:
            _log.exception("failed")
    lines = stream.getvalue().splitlines()
    starts = [line[:9] for line in lines if not line.startswith("    ")]
    today = f"{utc_now():%Y-%m-%d}"[:9]
    assert starts == [today, today, today, "Traceback"]
    assert all(line.isprintable() for line in lines)


def test_json_escapes_controls(logs: Logs) -> None:
    _log.info("event", text=CONTROLS, inside={CONTROLS: [CONTROLS]})
    (line,) = logs()
    assert (line["text"], line["inside"]) == (CONTROLS, {CONTROLS: [CONTROLS]})
