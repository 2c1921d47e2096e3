import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.email import canonical_email, check_email, deliverable_email


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.com", "ADA@EXAMPLE.COM"),
        ("jo\u0308rg@example.com", "JÖRG@example.com"),
        ("ada@bücher.example.com", "ada@xn--bcher-kva.example.com"),
        ("straße@example.com", "STRASSE@example.com"),
    ],
)
def test_two_spellings_of_one_address(one: str, other: str) -> None:
    assert canonical_email(one) == canonical_email(other)


def test_addresses_that_differ_stay_different() -> None:
    # A lookalike in another alphabet is another address; so is a tag.
    assert canonical_email("ada@example.com") != canonical_email("\u0430da@example.com")
    assert canonical_email("ada+a@example.com") != canonical_email("ada@example.com")


@given(st.emails())
def test_canonical_form_is_its_own_canonical_form(address: str) -> None:
    try:
        canonical = canonical_email(address)
    except ValueError:
        return
    assert canonical_email(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "a b@example.com",
        "a\0@example.com",
        "=?utf-8?q?eve=40example.com=3e=2c=3cada?=@example.com",
    ],
)
def test_what_is_no_address_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Not a valid e-mail address\.$"):
        check_email(text)


def test_address_is_kept_as_typed() -> None:
    assert check_email("Ada@Example.COM") == "Ada@Example.COM"


def test_mail_goes_to_the_address_as_typed_at_an_ascii_domain() -> None:
    address = "Jörg@Bücher.example.com"
    assert deliverable_email(address) == "Jörg@xn--bcher-kva.example.com"
