"""E-mail addresses: what counts as one, and when two are the same (RFC 5321, RFC 6531)."""

import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

MAX_EMAIL_LENGTH = 254


def _parse(address: str) -> ValidatedEmail:
    try:
        # `.test` resolves nowhere (RFC 6761) and is what tests and demos use.
        return validate_email(
            address, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        # The library's message quotes the address; ours must not.
        message = "Not a valid e-mail address."
        raise ValueError(message) from None


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
