"""The combinations that are tried: services that are started and tested."""

from functools import cache
from typing import Any, TypeVar

from conftest import options

from support.covering import Factors, Row, covering_array

T = TypeVar("T")

# Questions that no code depends on, as the proof of all combinations shows.
TEXT_ONLY = ("license", "ci", "python_version")

# Options that need another one, which has to be on with them.
NEEDS: dict[str, str] = {}


def factors() -> Factors:
    """The questions with choices; where several can be taken, each one is a question."""
    found: Factors = {}
    for name, answers in options().items():
        if isinstance(answers[0], list):
            found |= {f"{name}: {choice}": [False, True] for choice in answers[-1]}
        else:
            found[name] = list(answers)
    return found


def is_allowed(row: Row) -> bool:
    """Whether some answers, the others open, go together."""
    return all(row.get(needed, True) for option, needed in NEEDS.items() if row.get(option))


def required() -> list[Row]:
    """Nothing on, everything on, and each option alone; the choices without a default are open."""
    switches = {name: values for name, values in factors().items() if len(values) == 2}
    off = {name: values[0] for name, values in switches.items()}
    on = {name: values[1] for name, values in switches.items()}
    return [off, on, *({**off, name: values[1]} for name, values in switches.items())]


def code_of(answers: dict[str, T]) -> dict[str, T]:
    """Those of some answers that decide what the code is."""
    return {name: value for name, value in answers.items() if name not in TEXT_ONLY}


@cache
def rows(strength: int) -> list[Row]:
    """The rows; those that only the other questions make necessary repeat the code of others."""
    codes = covering_array(code_of(factors()), strength, required(), is_allowed)

    def repeats(row: Row) -> bool:
        return any(code_of(row).items() <= code.items() for code in codes)

    return covering_array(factors(), strength, codes, repeats)


def rows_to_run(strength: int) -> list[Row]:
    """The rows whose code comes for the first time, without those that are variants."""
    first = {frozenset(code_of(row).items()): row for row in reversed(rows(strength))}
    variants = required()[:2]
    return [row for row in first.values() if not any(v.items() <= row.items() for v in variants)]


def answers_of(row: Row) -> dict[str, Any]:
    """The answers to the template's questions."""
    answers: dict[str, Any] = {}
    for name, value in row.items():
        question, _, choice = name.partition(": ")
        if not choice:
            answers[name] = value
        elif value:
            answers.setdefault(question, []).append(choice)
    return {"oauth_providers": [], **answers}


def label_of(row: Row) -> str:
    on = [name.rpartition(": ")[2] for name, value in row.items() if value is True]
    return "-".join([str(value) for value in row.values() if isinstance(value, str)] + on)
