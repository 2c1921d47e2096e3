"""One service for the tests of faults, and the table that ends their run."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from tests.faults.database import FaultyDatabase, add_administrator
from tests.faults.service import Service, Start, run_service

Note = Callable[[object], None]


@pytest.fixture(scope="session")
async def administrator(faulty_database: FaultyDatabase) -> dict[str, str]:
    """The header that an administrator sends."""
    token = await add_administrator(faulty_database.direct_url)
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
async def service(
    faulty_database: FaultyDatabase,
    administrator: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Service]:
    """The service, which must survive one fault after the other."""
    folder = tmp_path_factory.mktemp("service")
    url = faulty_database.url
    async with run_service(folder, administrator, APP_DATABASE_URL=url) as running:
        yield running


@pytest.fixture
def start(
    faulty_database: FaultyDatabase, administrator: dict[str, str], tmp_path: Path
) -> Start:
    """Starts another one, with options of uvicorn and settings of its own."""
    url = faulty_database.url
    return partial(run_service, tmp_path, administrator, APP_DATABASE_URL=url)


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Puts figures into the table."""
    return lambda figures: record_property("fault", figures)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = [
        f"{report.nodeid.rpartition('::')[2]} | {value}"
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "fault"
    ]
    if rows:
        terminalreporter.section("fault | requests | answers | slowest | more")
    for row in rows:
        terminalreporter.write_line(row)
