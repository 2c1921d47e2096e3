"""Rows that parts of the service add to the tables of tests for every route.

A module here may define `ACCESS` (for `EXPECTED` in `tests/api/test_access.py`), `LIMITED`,
`NULLABLE` and `TOLD`, named as the tables that they go to.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def rows(table: str) -> list[Any]:
    """Return what the modules here say of a table, one after another."""
    modules = [
        import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)
    ]
    return [getattr(module, table) for module in modules if hasattr(module, table)]
