import pytest

from app.core.config import Settings
from app.core.deploy import unsafe_settings
from app.registry import DIALECT
from tests.harness import make_settings

URL = f"{DIALECT.name}:///app"
KEY = "a7Kd93jfLq02mZxPw8RtYv51bNc6uEhG"
OLD_KEY = "Qx71mVbTz04pLsWk96JdYhRc38nFgEuA"
PASSWORD = "tractor velvet orbit"


def server(user: str, password: str) -> str:
    return f"{DIALECT.name}://{user}:{password}@localhost/app"


def production(**changes: object) -> Settings:
    values: dict[str, object] = {
        "environment": "production",
        "database_url": URL,
        "secret_key": KEY,
        "argon2_memory_kib": 19_456,
        "argon2_time_cost": 2,
        "allowed_hosts": ["api.example.com"],
        "rate_limit_enabled": True,
    }
    return make_settings(**(values | changes))  # type: ignore[arg-type]  # a URL too


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"previous_secret_keys": [OLD_KEY]},
        {"database_url": server("app", PASSWORD)},
        {"database_url": f"{DIALECT.name}://app@/app?host=/run/database"},
        {"allowed_hosts": ["*.example.com"], "public_url": "https://example.com"},
        {"cors_origins": ["https://example.com", "capacitor://localhost"]},
        {"mail_url": "smtps://token:token@mail.example.com:465"},
        {"mail_url": "smtp://localhost:25", "require_verified_email": False},
    ],
    ids=str,
)
def test_good_settings_are_safe(changes: dict[str, object]) -> None:
    assert unsafe_settings(production(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"secret_key": "change-me-" * 4}, "APP_SECRET_KEY: a placeholder"),
        ({"secret_key": "abcdefghij" * 4}, "APP_SECRET_KEY: a placeholder"),
        (
            {"previous_secret_keys": ["change-me-" * 4]},
            "APP_PREVIOUS_SECRET_KEYS: holds a guessable key",
        ),
        (
            {"previous_secret_keys": [OLD_KEY, KEY]},
            "APP_PREVIOUS_SECRET_KEYS: holds the secret of APP_SECRET_KEY",
        ),
        (
            {"database_url": server("app", KEY)},
            "APP_DATABASE_URL: holds the secret of APP_SECRET_KEY",
        ),
        (
            {"database_url": f"{URL}?user=app&password={KEY}"},
            "APP_DATABASE_URL: holds the secret of APP_SECRET_KEY",
        ),
        (
            {"previous_secret_keys": [OLD_KEY], "mail_url": f"smtp://x:{OLD_KEY}@x:25"},
            "APP_MAIL_URL: holds the secret of APP_PREVIOUS_SECRET_KEYS",
        ),
        (
            {
                "database_url": server("app", "tractor%40velvet"),
                "mail_url": "smtp://x:tractor%40velvet@x:25",
            },
            "APP_MAIL_URL: holds the secret of APP_DATABASE_URL",
        ),
        ({"database_url": f"{URL}-change-me"}, "APP_DATABASE_URL: holds a placeholder"),
        (
            {"mail_url": "smtp://x:change-me@x:25"},
            "APP_MAIL_URL: its password is a place",
        ),
        ({"argon2_memory_kib": 19_455}, "APP_ARGON2_MEMORY_KIB: below 19456"),
        ({"argon2_time_cost": 1}, "APP_ARGON2_TIME_COST: below 2"),
        ({"allowed_hosts": ["api.example.com", "*"]}, "APP_ALLOWED_HOSTS: holds `*`"),
        ({"cors_origins": ["*"]}, "APP_CORS_ORIGINS: holds `*`"),
        ({"cors_origins": ["null"]}, "APP_CORS_ORIGINS: holds `*` or `null`"),
        ({"cors_origins": ["http://localhost"]}, "APP_CORS_ORIGINS: holds an origin"),
        ({"rate_limit_enabled": False}, "APP_RATE_LIMIT_ENABLED: false"),
        ({"log_level": "DEBUG"}, "APP_LOG_LEVEL: DEBUG"),
        ({"public_url": "http://example.com"}, "APP_PUBLIC_URL: not https"),
        ({"allowed_hosts": ["*.example.com"]}, "APP_PUBLIC_URL: not set"),
        ({"mail_url": "console:"}, "APP_MAIL_URL: delivers to nobody"),
        ({"mail_url": "file:mail"}, "APP_MAIL_URL: delivers to nobody"),
    ],
    ids=str,
)
def test_each_unsafe_setting_has_its_line(
    changes: dict[str, object], line: str
) -> None:
    (problem,) = unsafe_settings(production(**changes))
    assert problem.startswith(line)


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("orders-7", "Orders-7"),  # the user's name
        ("owner", "app"),  # the database's
        ("owner", DIALECT.name),
        ("owner", "root"),
        ("owner", "Changeme"),
        ("owner", "secret-password-of-the-database"),
    ],
)
def test_default_passwords_of_the_database_are_unsafe(user: str, password: str) -> None:
    (problem,) = unsafe_settings(production(database_url=server(user, password)))
    assert problem.startswith("APP_DATABASE_URL: its password is a default one")
    assert password not in problem
