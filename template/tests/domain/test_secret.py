import secrets

import pytest

from app.domain.secret import is_guessable


@pytest.mark.parametrize(
    "secret",
    [
        "change-me-" * 4,
        "CHANGEME-Kd93jfLq02mZxPw8RtYv51bNc6uEhG",
        "my-super-secret-key-Kd93jfLq02mZxPw8",
        "django-insecure-Kd93jfLq02mZxPw8RtYv",
        "kx777bqbt7ttzt7kbtb7ttx77bztqz7k",
        "abab" * 10,
        "abcdefghij" * 4,
        "0123456789" * 4,
        "Kd93jfLq02mZxPw8" * 2,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "9876543210zyxwvutsrqponmlkjihgfed",
        "token1token2token3token4token5token6",
    ],
)
def test_what_people_make_up_is_guessable(secret: str) -> None:
    assert is_guessable(secret)


def test_what_generators_make_is_not() -> None:
    made = (secrets.token_hex(16), secrets.token_hex(32), secrets.token_urlsafe(32))
    assert not any(map(is_guessable, made))
    assert not is_guessable("tractor velvet orbit candle 7 mango")
