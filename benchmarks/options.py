"""More options: what the proof of all their combinations takes."""

from combinations import contents
from combinations.benchmark import measure as prove

from benchmarks.parts import Row, Say, row

NUMBERS = range(0, 17, 4)
LIMIT = contents.LIMIT


def measure(say: Say) -> list[Row]:
    """Prove the template with more and more options that nobody needs."""
    rows = []
    for number in NUMBERS:
        as_sums, as_tested = prove(number, 1), prove(number, LIMIT)
        say(f"{number} more options: {as_sums.seconds:.1f} s, {as_tested.seconds:.1f} s")
        rows.append(
            row(
                f"{number} more options",
                as_sums.seconds,
                "s of CPU",
                detail=f"{as_sums.combinations:,} combinations, {as_sums.contents:,} contents; "
                f"{as_tested.seconds:.1f} s as the tests do it",
            )
        )
    return rows
