"""A pytest plugin: says which Pythons the variants run on, and how long their steps took."""

import shutil

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
