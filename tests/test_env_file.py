"""Secrets: random, in `.env` alone, private, and out of git and the image."""

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Render, options

# A uv that installs nothing: enough for the targets that write .env.
FAKE_UV = """#!/bin/sh
case "$1" in
    --version) {version} ;;
    run) shift 2; exec "{python}" "$@" ;;
esac
"""


def variables(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z0-9_]+=", line))


def setting_names(config: str) -> set[str]:
    """The environment variables that the `Settings` class of config.py reads."""
    settings = next(
        node
        for node in ast.parse(config).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    return {
        f"APP_{node.target.id.upper()}"
        for node in settings.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def make(project: Path, folder: Path, version: str = "exit 0") -> subprocess.CompletedProcess[str]:
    """`make env` on a machine whose uv is a fake one."""
    folder.mkdir(exist_ok=True)
    uv = folder / "uv"
    uv.write_text(FAKE_UV.format(version=version, python=sys.executable))
    uv.chmod(0o755)
    return subprocess.run(
        ["make", "env"],
        cwd=project,
        env={"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_of_20_renders_differ(render: Render) -> None:
    rendered = [variables(render(database="postgresql") / ".env") for _ in range(20)]
    keys = {each["APP_SECRET_KEY"] for each in rendered}
    passwords = {each["POSTGRES_PASSWORD"] for each in rendered}
    assert len(keys) == len(passwords) == 20
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
    assert all(re.fullmatch("[0-9a-f]{32}", password) for password in passwords)
    for each in rendered:
        assert f":{each['POSTGRES_PASSWORD']}@" in each["APP_DATABASE_URL"]


def test_secrets_are_nowhere_else(render: Render) -> None:
    project = render(database="postgresql")
    secrets = [
        variables(project / ".env")[name] for name in ("APP_SECRET_KEY", "POSTGRES_PASSWORD")
    ]
    for path in project.rglob("*"):
        if path.is_file() and path.name != ".env":
            assert not any(secret in path.read_text() for secret in secrets), path


def test_git_and_docker_ignore_it(render: Render) -> None:
    project = render()
    subprocess.run(["git", "init", "--quiet", project], check=True)
    subprocess.run(["git", "-C", project, "check-ignore", "--quiet", ".env"], check=True)
    patterns = (project / ".dockerignore").read_text().splitlines()
    assert "*" in patterns
    assert not [pattern for pattern in patterns if pattern.startswith("!.")]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_make_writes_it_from_the_example(render: Render, tmp_path: Path, database: str) -> None:
    project = render(database=database)
    (project / ".env").unlink()
    done = make(project, tmp_path / "bin")
    assert done.returncode == 0, done.stderr
    assert mode(project / ".env") == 0o600
    written, example = variables(project / ".env"), variables(project / ".env.example")
    assert list(written) == list(example)
    assert "change-me" not in "".join(written.values())
    assert re.fullmatch("[0-9a-f]{64}", written["APP_SECRET_KEY"])
    if database == "postgresql":
        assert f":{written['POSTGRES_PASSWORD']}@" in written["APP_DATABASE_URL"]
        assert written["POSTGRES_PASSWORD"] != written["APP_SECRET_KEY"]


def test_make_keeps_it_and_makes_it_private(render: Render, tmp_path: Path) -> None:
    project = render()
    env = project / ".env"
    env.chmod(0o644)
    before = env.read_text()
    assert make(project, tmp_path / "bin").returncode == 0
    assert env.read_text() == before
    assert mode(env) == 0o600


def test_make_says_what_to_do_without_a_working_uv(render: Render, tmp_path: Path) -> None:
    project = render()
    done = make(project, tmp_path / "bin", version="echo 'pyenv: uv: not found' >&2; exit 127")
    assert done.returncode != 0
    assert "uv is missing or does not run; install it" in done.stderr


def test_example_and_readme_name_every_setting(render: Render) -> None:
    project = render()
    names = setting_names((project / "app/core/config.py").read_text())
    assert {n for n in variables(project / ".env.example") if n.startswith("APP_")} == names
    table = re.findall(r"^\| `(APP_\w+)`", (project / "README.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted(names)


@pytest.mark.parametrize("providers", options()["oauth_providers"][1:], ids="-".join)
def test_settings_of_providers_are_shown_and_optional(render: Render, providers: list[str]) -> None:
    project = render(oauth_providers=providers)
    example = variables(project / ".env.example")
    readme = (project / "README.md").read_text()
    shown = {name for name in example if name.startswith("APP_OAUTH_")}
    of_all = {"APP_OAUTH_REDIRECT_URL", "APP_OAUTH_BASE_URL"}
    issuers = {
        f"APP_OAUTH_{each.upper()}_ISSUER"
        for each in providers
        if "has_issuer_setting" in (project / f"app/services/oauth/{each}.py").read_text()
    }
    credentials = {
        f"APP_OAUTH_{each.upper()}_CLIENT_{end}" for each in providers for end in ("ID", "SECRET")
    }
    assert shown == of_all | issuers | credentials
    assert not [name for name in shown - issuers if example[name]]
    assert set(re.findall(r"^\| `(APP_OAUTH_\w+)`", readme, re.MULTILINE)) == shown
    assert "OAUTH" not in (project / ".env").read_text()
    for each in providers:
        page = (project / f"docs/oauth/{each}.md").read_text()
        named = set(re.findall(r"^\| `(APP_OAUTH_\w+)`", page, re.MULTILINE))
        assert named == {name for name in shown if f"_{each.upper()}_" in name}
        assert f"/api/v1/auth/oauth/{each}/callback" in page
