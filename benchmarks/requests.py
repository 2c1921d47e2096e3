"""Requests: how many times as fast as the references, by CPU."""

from contextlib import ExitStack
from statistics import median

from benchmarks.parts import Row, Say, row
from benchmarks.rounds import Sample, Target, ratio, run
from benchmarks.services import installed
from benchmarks.tokens import reference_token

GOALS = {
    ("users/me", "postgresql"): ">= 1.25",
    ("users/me", "sqlite"): ">= 1.25",
    ("users/me", "redis"): ">= 2.5",
    ("health/live", "postgresql"): ">= 0.7",
    ("users", "postgresql"): ">= 1",
    ("POST users", "postgresql"): ">= 1",
}


def measure(variant: str, say: Say) -> list[Row]:
    """Compare a service with the references: `postgresql`, `sqlite` or `redis`."""
    database = "sqlite" if variant == "sqlite" else "postgresql"
    with ExitStack() as stack:
        service = stack.enter_context(installed(database, redis=variant == "redis"))
        ours = stack.enter_context(service.serving())
        hand = stack.enter_context(service.reference("handwritten"))
        bare = stack.enter_context(service.reference("bare"))
        token = ours.sign_in()
        theirs = reference_token(token)
        targets = {
            "health/live": ours.target("/health/live"),
            "health/live, bare": bare.target("/health/live"),
            "users/me": ours.target("/users/me", token),
            "users/me, handwritten": hand.target("/users/me", theirs),
            "users": ours.target("/users", token),
            "users, handwritten": hand.target("/users", theirs),
        }
        # Not on SQLite: written by hand, many writers at once fail there ("database is locked").
        if variant == "postgresql":
            targets["POST users"] = ours.target("/users", token, "post.lua")
            targets["POST users, handwritten"] = hand.target("/users", theirs, "post.lua")
            limit = stack.enter_context(service.reference("limit"))
            targets["users/me, limit"] = limit.target("/users/me", theirs)
        samples = run(targets, say)
    return [_row(variant, name, targets, samples) for name in targets]


def _row(
    variant: str, name: str, targets: dict[str, Target], samples: dict[str, list[Sample]]
) -> Row:
    path = name.partition(",")[0]
    reference = next(each for each in targets if each.startswith(f"{path},"))
    spread = ratio(samples[name], samples[reference])
    cpu = median(each.cpu_us for each in samples[name])
    rate = median(each.rate for each in samples[name])
    return row(
        f"{name}, {variant}",
        spread.median,
        "x",
        spread=(spread.low, spread.high),
        goal=GOALS.get((name, variant), ""),
        detail=f"{cpu:.0f} us of CPU, {rate:.0f} a second",
    )
