"""Writes docs/combinations.md: which combinations are checked, and how.

`python -m combinations.page`, with tests/ in the path.
"""



def text(proof: object) -> str:
    """The page."""
    return ""
