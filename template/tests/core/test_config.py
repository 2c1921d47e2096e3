from pathlib import Path

import pytest
from pydantic import ValidationError

from app.application import create_app
from app.core.config import Settings, load_settings, unsafe_settings
from app.registry import DIALECT
from tests.harness import make_settings

URL = f"{DIALECT.name}:///app"
SECRET = "a7Kd93jfLq02mZxPw8RtYv51bNc6uEhG"


def production(**changes: object) -> Settings:
    values: dict[str, object] = {
        "environment": "production",
        "database_url": URL,
        "secret_key": SECRET,
        "argon2_memory_kib": 19_456,
        "argon2_time_cost": 2,
        "allowed_hosts": ["api.example.com"],
        "rate_limit_enabled": True,
    }
    return make_settings(**(values | changes))  # type: ignore[arg-type]


def test_good_settings_are_safe() -> None:
    assert unsafe_settings(production()) == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"secret_key": "change-me-" * 4}, "APP_SECRET_KEY"),
        ({"secret_key": "abab" * 10}, "APP_SECRET_KEY"),
        ({"previous_secret_keys": [SECRET]}, "APP_PREVIOUS_SECRET_KEYS"),
        ({"previous_secret_keys": ["change-me-" * 4]}, "APP_PREVIOUS_SECRET_KEYS"),
        ({"allowed_hosts": ["*"]}, "APP_ALLOWED_HOSTS"),
        ({"cors_origins": ["*"]}, "APP_CORS_ORIGINS"),
        ({"cors_origins": ["null"]}, "APP_CORS_ORIGINS"),
        ({"argon2_memory_kib": 1024}, "APP_ARGON2_*"),
        ({"argon2_time_cost": 1}, "APP_ARGON2_*"),
        ({"rate_limit_enabled": False}, "APP_RATE_LIMIT_ENABLED"),
        ({"database_url": f"{URL}-change-me"}, "APP_DATABASE_URL"),
    ],
    ids=str,
)
def test_each_unsafe_setting_has_its_line(
    changes: dict[str, object], name: str
) -> None:
    (problem,) = unsafe_settings(production(**changes))
    assert problem.startswith(f"{name}: ")


def test_short_secret_is_refused_everywhere() -> None:
    with pytest.raises(ValidationError):
        make_settings(URL, secret_key="x" * 31)


@pytest.mark.parametrize(
    "text", ["60", "0/minute", "-1/minute", "60/fortnight", "5/hour;1/second"]
)
def test_odd_rate_is_refused_with_its_name_and_the_format(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    text: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_SECRET_KEY", SECRET)
    monkeypatch.setenv("APP_DATABASE_URL", URL)
    monkeypatch.setenv("APP_RATE_LIMIT_DEFAULT", text)
    monkeypatch.setenv("APP_RATE_LIMIT_CREDENTIALS", "5/hour")
    with pytest.raises(SystemExit) as stopped:
        load_settings()
    assert stopped.value.code == 78
    (line,) = capsys.readouterr().err.splitlines()[1:]
    assert line.startswith("  APP_RATE_LIMIT_DEFAULT: write a number and second, ")
    assert "60/minute" in line


@pytest.mark.parametrize("environment", ["production", "staging", None])
def test_outside_development_unsafe_settings_stop_the_start_with_a_line_each(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    environment: str | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_SECRET_KEY", "change-me-" * 4)
    monkeypatch.setenv("APP_DATABASE_URL", URL)
    monkeypatch.setenv("APP_ALLOWED_HOSTS", "*")
    if environment:
        monkeypatch.setenv("APP_ENVIRONMENT", environment)
    with pytest.raises(SystemExit) as stopped:
        load_settings()
    assert stopped.value.code == 78
    lines = capsys.readouterr().err.splitlines()[1:]
    names = [line.strip().partition(":")[0] for line in lines]
    assert names == ["APP_SECRET_KEY", "APP_ALLOWED_HOSTS"]


def test_missing_and_wrong_settings_are_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_SECRET_KEY", "canary")
    monkeypatch.setenv("APP_ENVIRONMENT", "prod")
    with pytest.raises(SystemExit) as stopped:
        load_settings()
    assert stopped.value.code == 78
    errors = capsys.readouterr().err
    assert "APP_SECRET_KEY: shorter than 32 characters" in errors
    assert "APP_ENVIRONMENT: Input should be 'development', 'staging'" in errors
    assert "APP_DATABASE_URL: not set" in errors
    assert "canary" not in errors


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
        create_app(production(database_url=url))
    assert stopped.value.code == 78
    errors = capsys.readouterr().err
    assert f"APP_DATABASE_URL: {reason}" in errors
    assert "s3cret" not in errors


def test_lists_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_SECRET_KEY", SECRET)
    monkeypatch.setenv("APP_DATABASE_URL", URL)
    monkeypatch.setenv("APP_ALLOWED_HOSTS", "a.example.com, b.example.com")
    assert load_settings().allowed_hosts == ["a.example.com", "b.example.com"]


def test_secrets_are_not_shown() -> None:
    settings = production(previous_secret_keys=["another-secret-key-0123456789-abc"])
    assert SECRET not in repr(settings)
    assert "another-secret" not in repr(settings)
    assert URL not in repr(settings)
