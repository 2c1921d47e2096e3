"""A pytest plugin: says which Pythons the variants run on, and how long their steps took."""

import pytest

from support.pythons import coverage


def pytest_report_header() -> list[str]:
    return ["Pythons of the variants:", *(f"  {line}" for line in coverage())]


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
