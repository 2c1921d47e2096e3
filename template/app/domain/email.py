"""E-mail addresses: what counts as one, and when two are the same (RFC 5321, RFC 6531)."""

import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

MAX_EMAIL_LENGTH = 254
_REFUSAL = "Not a valid e-mail address."


@lru_cache  # One that comes in is read for its schema, for its canonical form and for a mail.
def _parse(address: str) -> ValidatedEmail:
    # An encoded word is none in an address (RFC 2047, 5), but mail software decodes it
    # there: what is sent to one mailbox would say that it is for others.
    if "=?" in address:
        raise ValueError(_REFUSAL)
    try:
        # `.test` resolves nowhere (RFC 6761) and is what tests and demos use.
        return validate_email(
            address, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        # The library's message quotes the address; ours must not.
        raise ValueError(_REFUSAL) from None


def check_email(address: str) -> str:
    """Return `address` as typed; raise `ValueError` when it is not an address."""
    _parse(address)
    return address


def canonical_email(address: str) -> str:
    """The form under which two spellings of one address are equal.

    The local part is casefolded and in NFC, the domain is in its ASCII (IDNA) form.
    Raises `ValueError` when `address` is not an address.
    """
    parsed = _parse(address)
    local_part = unicodedata.normalize("NFC", parsed.local_part.casefold())
    return f"{local_part}@{parsed.ascii_domain.lower()}"


def deliverable_email(address: str) -> str:
    """`address` for a mail's envelope: as typed, its domain in ASCII (IDNA) form.

    Raises `ValueError` when `address` is not an address.
    """
    parsed = _parse(address)
    return f"{parsed.local_part}@{parsed.ascii_domain}"


def login_name(text: str) -> str:
    """What somebody signs in as: an address in its canonical form, or what was typed."""
    try:
        return canonical_email(text)
    except ValueError:
        return text.casefold()
