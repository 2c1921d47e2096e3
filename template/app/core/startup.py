"""Reads the settings the service starts with, or says what is wrong with them."""

import sys
from secrets import token_hex
from typing import Any, NoReturn

from pydantic import ValidationError
from starlette.types import Message, Send

from app.core.config import Settings
from app.core.deploy import unsafe_settings
from app.core.variables import unknown_variables, variable

EX_CONFIG = 78
"""The exit code for a configuration error (sysexits.h)."""

EX_TEMPFAIL = 75
"""The exit code for what may succeed when it is tried again."""


class StartupError(Exception):
    """The service cannot start; the message is a line for whoever started it."""


def refuse(problems: list[str]) -> None:
    """Print `problems` a line each and exit with 78; do nothing when there are none."""
    if problems:
        lines = ["The configuration is refused:", *problems]
        sys.stderr.write("\n  ".join(lines) + "\n")
        raise SystemExit(EX_CONFIG)


def give_up(reason: str) -> NoReturn:
    """Print `reason`, a line, and exit with 75: trying again may help."""
    sys.stderr.write(f"{reason}\n")
    raise SystemExit(EX_TEMPFAIL)


def briefly(send: Send) -> Send:
    """Let `send` tell the server of a `StartupError` by its line, without traceback."""

    async def send_briefly(message: Message) -> None:
        error = sys.exc_info()[1]  # Starlette sends while it handles the error.
        failed = message["type"] == "lifespan.startup.failed"
        if failed and isinstance(error, StartupError):
            message["message"] = str(error)
        await send(message)

    return send_briefly


def load_settings(
    settings_cls: type[Settings] = Settings, *, deploy: bool = False
) -> Settings:
    """Read the settings; exit with 78 and a line for each thing that is wrong.

    That is a variable with our prefix that is no setting; a setting that is missing or
    invalid; and what is unsafe in production, unless this is development and not to
    `deploy`.
    """
    problems = unknown_variables(settings_cls)
    try:
        settings = settings_cls()
    except ValidationError as error:
        named = _describe(error)
        wrong = tuple(line.partition(":")[0] for line in named)
        others = _judge_others(settings_cls, error, deploy)
        # What is said of a stand-in is no news.
        others = [line for line in others if not line.startswith(wrong)]
        refuse([*problems, *named, *others])
        raise
    refuse([*problems, *_judge(settings, deploy)])
    return settings


def _describe(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        missing = item["type"] == "missing"
        reason = "not set; .env.example shows it" if missing else item["msg"]
        reason = reason.removeprefix("Value error, ").removesuffix(".")
        lines.append(f"{variable(str(item['loc'][0]))}: {reason}.")
    return list(dict.fromkeys(lines))


def _judge(settings: Settings, deploy: bool) -> list[str]:
    strict = deploy or not settings.is_development
    unsafe = unsafe_settings(settings) if strict else []
    return [*unsafe, *settings.problems(strict=strict)]


def _judge_others(
    settings_cls: type[Settings], error: ValidationError, deploy: bool
) -> list[str]:
    """What is unsafe beside the settings in `error`, which get harmless stand-ins."""
    stand_ins: dict[str, Any] = {}
    for item in error.errors(include_url=False, include_input=False):
        name = str(item["loc"][0])
        field = settings_cls.model_fields[name]
        default = field.get_default(call_default_factory=True)
        stand_ins[name] = token_hex(32) if field.is_required() else default
    try:
        return _judge(settings_cls(**stand_ins), deploy)
    except ValidationError:  # a required setting that no text fits
        return []
