"""What a service is started with."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.config import Settings
from app.core.database import create_engine
from app.core.startup import load_settings
from app.registry import DIALECT, SETTINGS

KEY = "a7Kd93jfLq02mZxPw8RtYv51bNc6uEhG"

Environ = Callable[..., None]
Refusal = Callable[..., list[str]]


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environ:
    """Sets `APP_*` variables in an empty folder, or with None unsets them.

    What production must have is set.
    """
    monkeypatch.chdir(tmp_path)

    def change(**variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(f"APP_{name}", raising=False)
            else:
                monkeypatch.setenv(f"APP_{name}", value)

    change(SECRET_KEY=KEY, DATABASE_URL=f"{DIALECT.name}:///app")
    change(ALLOWED_HOSTS="api.example.com")
    return change


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Starts with settings that are refused; returns the lines that say why."""

    def start(
        *, deploy: bool = False, settings_cls: type[Settings] = SETTINGS
    ) -> list[str]:
        with pytest.raises(SystemExit) as stopped:
            load_settings(settings_cls, deploy=deploy)
        assert stopped.value.code == 78
        title, *lines = capsys.readouterr().err.splitlines()
        assert title == "The configuration is refused:"
        return [line.strip() for line in lines]

    return start


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """An engine of the service's, beside the one of the application."""
    engine = create_engine(settings, DIALECT)
    yield engine
    await engine.dispose()
