import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner

from app.__main__ import cli
from app.domain.permission import Role
from app.models.user import User
from tests.harness import PASSWORD

SECRET = "a7Kd93jfLq02mZxPw8RtYv51bNc6uEhG"


@pytest.fixture
def environment(
    own_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)  # where no .env is
    return {
        "APP_ENVIRONMENT": "development",
        "APP_SECRET_KEY": SECRET,
        "APP_DATABASE_URL": own_database,
        "ADMIN_PASSWORD": PASSWORD,
    }


def run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, arguments, env=environment)
    return result.exit_code, result.output


def test_create_admin_makes_one_and_says_when_the_address_is_taken(
    environment: dict[str, str],
) -> None:
    code, output = run(environment, "create-admin", "root@example.com")
    assert (code, "root@example.com is an administrator now." in output) == (0, True)
    code, output = run(environment, "create-admin", "ROOT@example.com")
    assert (code, "already" in output) == (1, True)
    assert PASSWORD not in output


def test_create_admin_writes_to_the_audit_log(environment: dict[str, str]) -> None:
    arguments = ["create-admin", "root@example.com"]
    result = CliRunner().invoke(cli, arguments, env=environment)
    assert "user_created" in result.stderr
    assert "[app.audit]" in result.stderr
    assert "user_created" not in result.stdout


async def test_the_administrator_has_both_roles(
    environment: dict[str, str], own_database: str
) -> None:
    engine = create_async_engine(own_database)
    await asyncio.to_thread(run, environment, "create-admin", "root@example.com")
    async with engine.connect() as connection:
        roles = await connection.scalar(select(User.roles))
    await engine.dispose()
    assert roles == [Role.ADMIN, Role.USER]


@pytest.mark.parametrize(
    ("email", "password"), [("nobody", PASSWORD), ("root@example.com", "1")]
)
def test_create_admin_refuses_what_registration_refuses(
    environment: dict[str, str], email: str, password: str
) -> None:
    code, output = run(
        environment | {"ADMIN_PASSWORD": password}, "create-admin", email
    )
    assert code == 1
    assert "Traceback" not in output


def test_create_admin_says_when_the_database_is_not_migrated(
    environment: dict[str, str], empty_database: str
) -> None:
    empty = environment | {"APP_DATABASE_URL": empty_database}
    code, output = run(empty, "create-admin", "root@example.com")
    assert (code, len(output.splitlines())) == (1, 1)
    assert "The database has no tables yet: run make migrate" in output


def test_check_deploy_judges_by_the_rules_of_production(
    environment: dict[str, str],
) -> None:
    mails = "Mails link to http://localhost:8000, from no-reply@localhost.\n"
    fine = f"The settings are fine.\n{mails}"
    development = "APP_ENVIRONMENT is development here: set it to production.\n"
    assert run(environment, "check") == (0, fine)
    assert run(environment, "check", "--deploy") == (0, fine + development)
    unsafe = environment | {"APP_ALLOWED_HOSTS": "*", "APP_CORS_ORIGINS": "*"}
    assert run(unsafe, "check") == (0, fine)
    code, output = run(unsafe, "check", "--deploy")
    assert code == 78
    assert len(output.splitlines()) == 3


def test_check_says_what_would_stop_the_start(environment: dict[str, str]) -> None:
    misspelt = environment | {"APP_ALLOWED_HOST": "*"}
    code, output = run(misspelt, "check")
    assert (code, "did you mean APP_ALLOWED_HOSTS?" in output) == (78, True)
    elsewhere = environment | {"APP_DATABASE_URL": "oracle://localhost/app"}
    code, output = run(elsewhere, "check")
    assert (code, "APP_DATABASE_URL: This service runs on" in output) == (78, True)


def test_check_deploy_says_when_others_can_read_the_env_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    env = tmp_path / ".env"
    env.touch()
    env.chmod(0o644)
    assert "chmod 600 .env" in run(environment, "check", "--deploy")[1]
    env.chmod(0o600)
    assert "chmod 600 .env" not in run(environment, "check", "--deploy")[1]
