"""Targets measured in turns, so that what the machine does meanwhile meets them all."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.load import Request, load
from benchmarks.machine import cpu_seconds

ROUNDS = 7
SECONDS = 3.0
WARMUP_SECONDS = 2.0


@dataclass(frozen=True)
class Target:
    """A server, and what is asked of it."""

    pid: int
    request: Request


@dataclass(frozen=True)
class Sample:
    """One turn of one target."""

    cpu_us: float
    """Microseconds of the server's CPU for each request."""
    rate: float
    """Requests a second."""


@dataclass(frozen=True)
class Spread:
    """Some figures in one."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """Their median, and the quarters around it."""
        ordered = sorted(values)
        quarter = len(ordered) // 4
        return cls(median(ordered), ordered[quarter], ordered[-1 - quarter])


def run(
    targets: Mapping[str, Target],
    say: Callable[[str], None],
    *,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
) -> dict[str, list[Sample]]:
    """Give each target its turn in each round, after warming all of them up."""
    for target in targets.values():
        load(target.request, WARMUP_SECONDS)
    samples: dict[str, list[Sample]] = {name: [] for name in targets}
    for number in range(rounds):
        # Each second round runs backwards: no target always follows the same one.
        for name in list(targets)[:: 1 if number % 2 else -1]:
            samples[name].append(_measure(targets[name], seconds))
        say(f"round {number + 1} of {rounds}")
    return samples


def _measure(target: Target, seconds: float) -> Sample:
    cpu, started = cpu_seconds(target.pid), time.monotonic()
    answered = load(target.request, seconds)
    taken = time.monotonic() - started
    return Sample((cpu_seconds(target.pid) - cpu) / answered * 1e6, answered / taken)


def ratio(samples: list[Sample], reference: list[Sample]) -> Spread:
    """How many times as fast as the reference, by CPU, in the rounds they share."""
    pairs = zip(reference, samples, strict=True)
    return Spread.of([theirs.cpu_us / ours.cpu_us for theirs, ours in pairs])
