"""Text that every database and every encoding can hold."""


def check_text(text: str) -> str:
    """Return `text` unchanged; raise `ValueError` for NUL and unpaired surrogates.

    Not every database can store the one, and UTF-8 cannot encode the other.
    """
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        message = "Text cannot hold NUL characters or unpaired surrogates."
        raise ValueError(message)
    return text
