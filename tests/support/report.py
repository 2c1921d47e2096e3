"""A pytest plugin: says which Pythons the variants run on, and how long everything took."""

import shutil
from collections import Counter, defaultdict
from itertools import chain

import pytest

from support.pythons import coverage

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_report_header() -> list[str]:
    lines = ["Pythons of the variants:", *(f"  {line}" for line in coverage())]
    if not any(map(shutil.which, BROWSERS)):
        lines.append("No browser: that one signs in with a provider in one is not tested.")
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    measured = [
        f"{report.nodeid.partition('::')[2]}  {name}: {value}"
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
    ]
    if measured:
        terminalreporter.section("measured")
    for line in sorted(measured):
        terminalreporter.write_line(line)
    terminalreporter.section("seconds of a worker")
    for module, (count, seconds) in spent(terminalreporter).items():
        terminalreporter.write_line(f"{seconds:7.0f}  {module}: {count} tests")


def spent(terminalreporter: pytest.TerminalReporter) -> dict[str, tuple[int, float]]:
    """How many tests of each module ran, and for how long, the longest first."""
    count, seconds = Counter[str](), defaultdict[str, float](float)
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            module = report.nodeid.partition("::")[0]
            count[module] += report.when == "call"
            seconds[module] += report.duration
    longest = sorted(seconds, key=lambda module: -seconds[module])
    return {module: (count[module], seconds[module]) for module in longest}
