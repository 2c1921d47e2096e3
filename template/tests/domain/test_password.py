import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.password import check_password


@pytest.mark.parametrize(
    "password",
    ["", "1", "1234567", "x" * 129, "password123", "PassWord123", "aaaaaaaaaa"],
)
def test_short_long_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValueError, match=r"character|common"):
        check_password(password)


@pytest.mark.parametrize("password", ["with\0nul inside", "with \ud800 surrogate"])
def test_what_cannot_be_stored_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        check_password(password)


@given(st.text(min_size=8, max_size=128).filter(lambda text: "\0" not in text))
def test_no_rule_but_length_and_commonness(password: str) -> None:
    try:
        assert check_password(password) == password
    except ValueError as error:
        assert "common" in str(error)  # noqa: PT017 - what is refused is random
