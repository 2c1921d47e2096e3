"""Write docs/speed.md from `results.json`: `python -m benchmarks.page`."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from support.service import ROOT

from benchmarks.parts import PARTS, RESULTS

PAGE = ROOT / "docs" / "speed.md"
TEXT = Path(__file__).with_name("page.md")
POINTS = 20

TITLES = {
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
    "redis": "PostgreSQL and Redis",
    "pages": "Lists of users",
    "login": "Signing in",
    "processes": "A worker",
    "rendering": "The template",
    "options": "More options",
}


def page(results: dict[str, Any]) -> str:
    """The page that shows these results."""
    parts = [name for name in PARTS if name in results]
    tables = "\n\n".join(f"### {TITLES[name]}\n\n{_table(results[name])}" for name in parts)
    return TEXT.read_text().format(tables=tables, charts="\n\n".join(_charts(results)))


def _table(part: dict[str, Any]) -> str:
    lines = [
        f"{part['date']}, {part['machine']}.",
        "",
        "| | | quarters around it | goal | |",
        "| --- | ---: | --- | --- | --- |",
    ]
    for row in part["rows"]:
        spread = "" if row["low"] == row["high"] else f"{row['low']:.2f} to {row['high']:.2f}"
        goal = row["goal"].replace(">=", "≥").replace("<=", "≤")
        cells = [row["what"], f"{row['value']:,.2f} {row['unit']}", spread, goal, row["detail"]]
        lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join(lines)


def _charts(results: dict[str, Any]) -> Iterable[str]:
    for name in ("postgresql", "sqlite", "redis"):
        if name in results:
            rows = [row for row in results[name]["rows"] if "handwritten" not in row["what"]]
            labels = [row["what"].rpartition(", ")[0] for row in rows]
            values = [row["value"] for row in rows]
            title = f"{TITLES[name]}: times as fast as the reference"
            yield _chart(title, labels, values, "bar")
    if "pages" in results:
        rows = results["pages"]["rows"]
        labels = [row["what"].partition(" of ")[2] for row in rows]
        title = "What the last page costs, in first pages"
        yield _chart(title, labels, [row["value"] for row in rows], "line")
    if "options" in results:
        rows = results["options"]["rows"]
        labels = [row["what"].partition(" ")[0] for row in rows]
        title = "Seconds to prove all combinations, by more options"
        yield _chart(title, labels, [row["value"] for row in rows], "line")
    if "processes" in results:
        curve = results["processes"]["memory"]
        step = max(1, len(curve["mib"]) // POINTS)
        minutes = [f"{seconds / 60:.1f}" for seconds in curve["seconds"][::step]]
        yield _chart("MiB of a worker, by minutes of load", minutes, curve["mib"][::step], "line")


def _chart(title: str, labels: Sequence[str], values: Sequence[float], kind: str) -> str:
    named = ", ".join(f'"{label}"' for label in labels)
    points = ", ".join(f"{value:.2f}" for value in values)
    axis = f"y-axis 0 --> {max(values) * 1.1:.2f}"
    lines = [f'title "{title}"', f"x-axis [{named}]", axis, f"{kind} [{points}]"]
    return "\n".join(["```mermaid", "xychart-beta", *(f"    {line}" for line in lines), "```"])


if __name__ == "__main__":
    PAGE.write_text(page(json.loads(RESULTS.read_text())))
