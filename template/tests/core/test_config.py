import pytest
from pydantic import ValidationError

from app.core.startup import load_settings
from app.registry import DIALECT, SETTINGS
from tests.core.conftest import KEY, Environ, Refusal
from tests.harness import make_settings

URL = f"{DIALECT.name}:///app"
OPEN = "development"
STRICT = "production"
LOCAL = "no-reply@localhost"


def test_short_secret_is_refused_everywhere() -> None:
    with pytest.raises(ValidationError):
        make_settings(URL, secret_key="x" * 31)


def test_lists_are_separated_by_commas(environ: Environ) -> None:
    environ(ALLOWED_HOSTS="a.example.com, b.example.com,")
    assert load_settings(SETTINGS).allowed_hosts == ["a.example.com", "b.example.com"]


def test_secrets_are_not_shown() -> None:
    secrets = {
        "secret_key": KEY,
        "previous_secret_keys": [KEY[::-1]],
        "mail_url": "smtp://app:canary@localhost:587",
    }
    settings = make_settings(f"{URL}-canary", **secrets)
    shown = f"{settings!r} {settings} {settings.mail_transport} {settings.model_dump()}"
    assert not [s for s in (KEY, KEY[::-1], "canary") if s in shown]


def test_what_is_wrong_is_not_shown_either() -> None:
    with pytest.raises(ValidationError) as caught:
        make_settings(URL, secret_key="canary", mail_url="canary")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "changes", "site", "sender"),
    [
        (OPEN, {}, "http://localhost:8000", LOCAL),
        (STRICT, {}, "https://a.example.com", "no-reply@a.example.com"),
        (
            STRICT,
            {"public_url": "https://b.example.com:8443/site/"},
            "https://b.example.com:8443/site",
            "no-reply@b.example.com",
        ),
        (STRICT, {"allowed_hosts": ["127.0.0.1"]}, "https://127.0.0.1", LOCAL),
        (STRICT, {"allowed_hosts": ["[::1]"]}, "https://[::1]", LOCAL),
        (STRICT, {"allowed_hosts": ["api"]}, "https://api", LOCAL),
        (
            OPEN,
            {"mail_from": "Zoë's <zoe@example.com>"},
            "http://localhost:8000",
            "Zoë's <zoe@example.com>",
        ),
    ],
)
def test_site_and_sender_are_derived_unless_given(
    environment: str, changes: dict[str, object], site: str, sender: str
) -> None:
    hosts = {"allowed_hosts": ["*.example.com", "a.example.com", "localhost"]}
    settings = make_settings(URL, environment=environment, **(hosts | changes))
    assert (settings.site_url, str(settings.mail_sender)) == (site, sender)


@pytest.mark.parametrize(
    ("environment", "given", "expected"),
    [
        (OPEN, None, False),
        (STRICT, None, True),
        (OPEN, True, True),
        (STRICT, False, False),
    ],
)
def test_addresses_are_verified_outside_development_unless_given(
    environment: str, given: bool | None, expected: bool
) -> None:
    settings = make_settings(URL, environment=environment, require_verified_email=given)
    assert settings.verifies_email is expected


@pytest.mark.parametrize(
    ("environment", "given", "expected"),
    [
        (OPEN, None, "console:"),
        (STRICT, None, "smtp://localhost:25"),
        (
            STRICT,
            "smtps://a:b@mail.example.com:465",
            "smtps://a:b@mail.example.com:465",
        ),
        (OPEN, "file:mail", "file:mail"),
    ],
)
def test_mail_leaves_by_this_machine_outside_development_unless_given(
    environment: str, given: str | None, expected: str
) -> None:
    settings = make_settings(URL, environment=environment, mail_url=given)
    assert settings.mail_transport.get_secret_value() == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "example.com"),
        ("public_url", "ftp://example.com"),
        ("public_url", "https://user:canary@example.com"),
        ("public_url", "https://example.com?a=canary"),
        ("public_url", "https://example.com#canary"),
        ("mail_url", "http://user:canary@example.com"),
        ("mail_url", "smtp://"),
        ("mail_url", "smtp://user:canary@example.com"),
        ("mail_url", "smtp://user:canary/1@example.com"),
        ("mail_url", "smtp://user:12/canary@example.com"),
        ("mail_url", "smtp://user:12#canary@example.com"),
        ("mail_url", "smtp://user:12?canary@example.com"),
        ("mail_url", "file:"),
        ("mail_from", "canary"),
        ("allowed_hosts", ["https://canary.example.com"]),
        ("allowed_hosts", ["canary.example.com:8443"]),
        ("allowed_hosts", ["canary.example.com/"]),
        ("cors_origins", ["https://canary.example.com/"]),
        ("cors_origins", ["canary.example.com"]),
        ("mail_from", "canary@"),
        ("mail_from", "canary@nowhere"),
        ("mail_from", "a@example.com, b@example.com"),
        ("mail_from", "canary <a@b@example.com>"),
        ("mail_from", "canary\nBcc: b@example.com <a@example.com>"),
    ],
)
def test_urls_and_senders_that_are_none_are_refused_unquoted(
    name: str, value: object
) -> None:
    with pytest.raises(ValidationError) as caught:
        make_settings(URL, **{name: value})
    (error,) = caught.value.errors(include_input=False, include_url=False)
    assert error["loc"][0] == name
    assert "canary" not in error["msg"]


@pytest.mark.parametrize("value", ["no-reply@localhost", "Orders <a@example.com>"])
def test_senders_are_addresses_perhaps_behind_a_name(value: str) -> None:
    assert str(make_settings(URL, mail_from=value).mail_sender) == value


@pytest.mark.parametrize(
    "text", ["60", "0/minute", "-1/minute", "60/fortnight", "5/hour;1/second"]
)
def test_odd_rate_is_refused_with_its_name_and_the_format(
    environ: Environ, refusal: Refusal, text: str
) -> None:
    environ(RATE_LIMIT_DEFAULT=text, RATE_LIMIT_CREDENTIALS="5/hour")
    (line,) = refusal()
    assert line.startswith("APP_RATE_LIMIT_DEFAULT: write a number and second, ")
    assert "60/minute" in line
