"""Measure everything, or the parts that are named: `python -m benchmarks [part...]`."""

import argparse
import json
import os
import platform
import shutil
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks import login, machine, options, pages, processes, rendering, requests
from benchmarks.parts import PARTS, RESULTS


def say(text: str) -> None:
    """Show how far it is."""
    print(f"    {text}", flush=True)


def measure(part: str, minutes: float) -> dict[str, Any]:
    """What a part has found."""
    match part:
        case "pages":
            return {"rows": pages.measure(say)}
        case "login":
            return {"rows": login.measure(say)}
        case "processes":
            rows, curve = processes.measure(say, minutes)
            return {"rows": rows, "memory": curve}
        case "rendering":
            return {"rows": rendering.measure(say)}
        case "options":
            return {"rows": options.measure(say)}
        case _:
            return {"rows": requests.measure(part, say)}


def main() -> None:
    """Measure, show, and keep what was found in `results.json`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--minutes", type=float, default=10, help="of load, to see memory grow")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if shutil.which("wrk") is None:
        parser.error("wrk is missing: apt-get install wrk (or your system's package of it).")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("two cores are needed: one for the server, one for the load.")
    machine.stay_on_load_core()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for part in arguments.parts or PARTS:
        print(f"==> {part}", flush=True)
        started = time.monotonic()
        results[part] = measure(part, arguments.minutes)
        results[part]["machine"] = f"{platform.machine()}, Python {platform.python_version()}"
        results[part]["date"] = f"{datetime.now(UTC):%Y-%m-%d}"
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        for each in results[part]["rows"]:
            print(
                f"    {each['what']:40} {each['value']:9.2f} {each['unit']:24}"
                f" [{each['low']:.2f} {each['high']:.2f}] {each['goal']:8} {each['detail']}"
            )
        print(f"    {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
