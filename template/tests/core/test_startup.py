"""What stops a start: every reason at once, a line each, no secret in any."""

from typing import Any

import pytest
from pydantic import create_model

from app.application import create_app
from app.core.startup import load_settings
from app.registry import DIALECT, SETTINGS
from tests.core.conftest import Environ, Refusal
from tests.harness import make_settings

SECRET = "canary-q7Zt"


@pytest.mark.parametrize("environment", ["production", "staging", None])
def test_outside_development_unsafe_settings_stop_the_start(
    environ: Environ, refusal: Refusal, environment: str | None
) -> None:
    environ(ENVIRONMENT=environment, SECRET_KEY="change-me-" * 4, ALLOWED_HOSTS="*")
    names = [line.partition(":")[0] for line in refusal()]
    assert names == ["APP_SECRET_KEY", "APP_ALLOWED_HOSTS"]


def test_in_development_they_stop_the_deployment_alone(
    environ: Environ, refusal: Refusal
) -> None:
    environ(ENVIRONMENT="development", LOG_LEVEL="DEBUG")
    assert load_settings(SETTINGS).log_level == "DEBUG"
    assert refusal(deploy=True) == ["APP_LOG_LEVEL: DEBUG; make it INFO."]


def test_the_settings_that_must_be_given_are_enough(environ: Environ) -> None:
    environ()
    assert not load_settings(SETTINGS).is_development


def test_every_reason_comes_at_once_and_quotes_no_secret(
    environ: Environ, refusal: Refusal
) -> None:
    environ(ENVIRONMENT="prod", SECRET_KEY=SECRET, DATABASE_URL=None, CORS_ORIGINS="*")
    environ(PREVIOUS_SECRET_KEYS=f"{SECRET},{SECRET}", HOSTS="x", LOG_LEVEL="DEBUG")
    environ(MAIL_URL=f"smtp://x:{SECRET}/@x:25", ACCESS_TOKEN_MINUTES=SECRET)
    lines = refusal()
    assert [line.partition(":")[0] for line in lines] == [
        "APP_HOSTS",
        "APP_ENVIRONMENT",
        "APP_SECRET_KEY",
        "APP_PREVIOUS_SECRET_KEYS",
        "APP_ACCESS_TOKEN_MINUTES",
        "APP_DATABASE_URL",
        "APP_MAIL_URL",
        "APP_CORS_ORIGINS",
        "APP_LOG_LEVEL",
    ]
    assert "APP_DATABASE_URL: not set; .env.example shows it." in lines
    assert SECRET not in "".join(lines)


def test_what_cannot_be_judged_is_still_described(
    environ: Environ, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields: dict[str, Any] = {"workers": (int, ...), "queues": (list[str], ...)}
    own = create_model("Own", __base__=SETTINGS, **fields)
    environ(LOG_LEVEL="DEBUG", QUEUES="one,two")
    assert refusal(settings_cls=own) == [
        "APP_WORKERS: not set; .env.example shows it.",
        "APP_QUEUES: Input should be a valid list.",
    ]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("oracle://localhost/app", f"This service runs on {DIALECT.name}, not oracle."),
        ("no url", "Not a URL"),
        (f"{DIALECT.name}://app:p@ss:s3cret@localhost/app", "Not a URL"),
        (f"{DIALECT.name}+nothing:///app", "Can't load plugin"),
    ],
)
def test_unusable_database_url_stops_the_start_with_the_reason(
    capsys: pytest.CaptureFixture[str], url: str, reason: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        create_app(make_settings(url))
    assert stopped.value.code == 78
    errors = capsys.readouterr().err
    assert f"APP_DATABASE_URL: {reason}" in errors
    assert "s3cret" not in errors
