"""A worker: how soon it answers, and what it holds in memory under load."""

import time
from contextlib import AbstractContextManager
from statistics import median
from typing import TypedDict

from benchmarks.load import load
from benchmarks.machine import cpu_seconds, memory
from benchmarks.parts import Row, Say, row
from benchmarks.services import Installed, Running, installed
from benchmarks.tokens import reference_token

STARTS = 5
MIB = 1024 * 1024


class Growth(TypedDict):
    """Memory over time: points of a curve."""

    seconds: list[float]
    mib: list[float]


def measure(say: Say, minutes: float) -> tuple[list[Row], Growth]:
    """Compare starts and memory with the hand-written reference's."""
    with installed("postgresql") as service:
        ours, theirs = _starts(service, say)
        fresh, curve, reference = _memory(service, minutes, say)
    grown = curve["mib"][-1] / curve["mib"][len(curve["mib"]) // 10]
    rows = [
        row("start", ours / theirs, "x handwritten", goal="<= 1.25", detail=f"{ours:.2f} s of CPU"),
        row(
            "memory of a worker",
            fresh / reference,
            "x handwritten",
            goal="<= 1.25",
            detail=f"{fresh:.0f} MiB",
        ),
        row(
            "the same, once somebody has signed in",
            curve["mib"][-1] / reference,
            "x handwritten",
            detail=f"{curve['mib'][-1]:.0f} MiB, with what Argon2 works in",
        ),
        row(
            f"memory after {minutes:g} minutes of load", grown, "x after a tenth of it", goal="flat"
        ),
    ]
    return rows, curve


def _starts(service: Installed, say: Say) -> tuple[float, float]:
    """Seconds of CPU until the first answer: ours, and the reference's."""
    ours, theirs = [], []
    for number in range(STARTS):
        ours.append(_cpu_of_start(service.serving()))
        theirs.append(_cpu_of_start(service.reference("handwritten")))
        say(f"start {number + 1} of {STARTS}")
    return median(ours), median(theirs)


def _cpu_of_start(server: AbstractContextManager[Running]) -> float:
    with server as running:
        return cpu_seconds(running.pid)


def _memory(service: Installed, minutes: float, say: Say) -> tuple[float, Growth, float]:
    """Memory in MiB: ours before anybody signs in, then over time, and the reference's.

    All of it under load. The token is of a worker before, since a sign-in needs memory.
    """
    with service.serving() as earlier:
        token = earlier.sign_in()
    with service.serving() as ours, service.reference("handwritten") as theirs:
        mine, other = (
            ours.target("/users/me", token),
            theirs.target("/users/me", reference_token(token)),
        )
        for target in (mine, other):
            load(target.request, 10)
        fresh = memory(ours.pid) / MIB
        for _ in range(3):  # the first gives back what it took, the others keep it
            ours.sign_in()
        curve = Growth(seconds=[], mib=[])
        started = time.monotonic()
        while (passed := time.monotonic() - started) < minutes * 60:
            load(mine.request, 5)
            curve["seconds"].append(round(passed + 5, 1))
            curve["mib"].append(round(memory(ours.pid) / MIB, 1))
            say(f"{passed / 60:.1f} minutes: {curve['mib'][-1]:.0f} MiB")
        return fresh, curve, memory(theirs.pid) / MIB
