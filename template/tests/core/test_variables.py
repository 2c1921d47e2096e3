"""Settings from files, and variables that are no settings."""

from pathlib import Path

import pytest

from app.core.startup import load_settings
from app.registry import SETTINGS
from tests.core.conftest import KEY, Environ, Refusal

CANARY = "canary-Kd93jfLq02mZxPw8RtYv51bNc6uEhG"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_setting_comes_from_a_file_less_one_newline(
    environ: Environ, tmp_path: Path, ending: str
) -> None:
    (tmp_path / "key").write_bytes(f" {CANARY}\n{ending}".encode())
    environ(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "key"))
    expected = f" {CANARY}\n" if ending else f" {CANARY}"
    assert load_settings(SETTINGS).secret_key.get_secret_value() == expected


def test_lists_and_numbers_come_from_files_too(
    environ: Environ, tmp_path: Path
) -> None:
    (tmp_path / "keys").write_text(f"{KEY[::-1]},{CANARY}\n")
    (tmp_path / "minutes").write_text("5\n")
    (tmp_path / ".env").write_text("APP_PREVIOUS_SECRET_KEYS_FILE=keys\n")
    environ(ACCESS_TOKEN_MINUTES_FILE="minutes")
    settings = load_settings(SETTINGS)
    keys = [key.get_secret_value() for key in settings.previous_secret_keys]
    assert (keys, settings.access_token_minutes) == ([KEY[::-1], CANARY], 5)


def test_files_that_cannot_be_read_are_refused_by_name(
    environ: Environ, refusal: Refusal, tmp_path: Path
) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    environ(SECRET_KEY=None, SECRET_KEY_FILE=CANARY)
    environ(PREVIOUS_SECRET_KEYS_FILE="/", MAIL_URL_FILE="bytes")
    lines = refusal()
    assert lines == [
        f"{name}: the file that {name}_FILE names cannot be read: {reason}."
        for name, reason in [
            ("APP_SECRET_KEY", "No such file or directory"),
            ("APP_PREVIOUS_SECRET_KEYS", "Is a directory"),
            ("APP_MAIL_URL", "it is no text"),
        ]
    ]


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_setting_and_its_file_together_are_refused(
    environ: Environ, refusal: Refusal, tmp_path: Path, place: str
) -> None:
    (tmp_path / "key").write_text(CANARY)
    environ(SECRET_KEY_FILE="key")
    if place == ".env":
        (tmp_path / ".env").write_text(f"APP_SECRET_KEY={KEY}\n")
        environ(SECRET_KEY=None)
    (line,) = refusal()
    assert line == "APP_SECRET_KEY: given twice, by APP_SECRET_KEY_FILE too; keep one."


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("APP_SERCRET_KEY", "did you mean APP_SECRET_KEY?"),
        ("APP_MAIL_URL_FIEL", "did you mean APP_MAIL_URL_FILE?"),
        ("APP_XYZZY", "remove it."),
        ("app_sercret_key", "did you mean APP_SECRET_KEY?"),
    ],
)
def test_unknown_variables_are_refused_with_the_nearest_name(
    environ: Environ,
    refusal: Refusal,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    advice: str,
) -> None:
    environ(ENVIRONMENT="development")
    monkeypatch.setenv(name, CANARY)
    assert refusal() == [f"{name.upper()}: unknown; {advice}"]


def test_unknown_variables_in_the_env_file_are_refused_too(
    environ: Environ, refusal: Refusal, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("APP_LOGLEVEL=\nPOSTCODE=1\n")
    assert refusal() == ["APP_LOGLEVEL: unknown; did you mean APP_LOG_LEVEL?"]
