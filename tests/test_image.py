"""What the image and compose.yaml promise, read from them."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import Render
from support.image import Image


@pytest.fixture(params=["sqlite", "postgresql"])
def project(request: pytest.FixtureRequest, render: Render) -> Path:
    return render(database=request.param, python_version="3.12")


@pytest.fixture
def image(project: Path) -> Image:
    return Image(project / "Dockerfile")


def test_both_stages_are_slim_and_of_the_chosen_python(image: Image) -> None:
    bases = [stage[0][1] for stage in image.stages]
    assert bases == ["python:3.12-slim AS build", "python:3.12-slim"]


def test_dependencies_come_from_the_lock_and_without_the_development_ones(image: Image) -> None:
    commands = " ".join(rest for name, rest in image.stages[0] if name == "RUN")
    assert "uv sync --locked --no-dev" in commands
    assert "test -f uv.lock" in commands


def test_final_stage_has_no_installer_and_runs_as_a_number_that_is_not_root(image: Image) -> None:
    final = image.stages[-1]
    commands = " ".join(rest for name, rest in final if name == "RUN")
    assert not re.search(r"\b(uv|apt|apt-get|gcc|curl)\b|pip install", commands)
    assert "pip uninstall" in commands
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", image.last("USER"))


def test_server_gets_its_signals_and_stops_before_it_is_killed(image: Image, project: Path) -> None:
    program, application, *options = image.command
    assert (program, application) == ("uvicorn", "app.main:app")
    assert "--no-server-header" in options
    grace = int(options[options.index("--timeout-graceful-shutdown") + 1])
    app = yaml.safe_load((project / "compose.yaml").read_text())["services"]["app"]
    assert grace < int(app["stop_grace_period"].removesuffix("s"))


def test_health_check_is_python_and_asks_for_life_alone(image: Image) -> None:
    program, option, code = image.health_check
    assert (program, option) == ("python", "-c")
    compile(code, "HEALTHCHECK", "exec")
    assert "/api/v1/health/live" in code


def test_containers_have_little_to_lose(project: Path) -> None:
    services = yaml.safe_load((project / "compose.yaml").read_text())["services"]
    for name in ("app", "migrate"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    assert services["app"]["ports"] == ["127.0.0.1:8000:8000"]
    assert not any("ports" in service for name, service in services.items() if name != "app")


def test_database_has_a_container_only_where_it_needs_one(render: Render) -> None:
    services = yaml.safe_load((render(database="sqlite") / "compose.yaml").read_text())["services"]
    assert set(services) == {"app", "migrate"}
    compose = yaml.safe_load((render(database="postgresql") / "compose.yaml").read_text())
    assert set(compose["services"]) == {"app", "migrate", "postgres"}
    password = compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert password.startswith("${POSTGRES_PASSWORD:?")
