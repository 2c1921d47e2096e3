"""Each protection of connections to PostgreSQL is switched off, and its test must fail."""

from pathlib import Path

import pytest

from tests.faults.controls import Control, assert_noticed

PATH = "app/core/postgresql.py"
DATABASE = "test_postgresql.py::test_the_database_is"

CONTROLS = [
    Control(
        "a full disk passes",
        PATH,
        '"53", ',
        "",
        "test_database.py::test_the_disk_is_full",
    ),
    Control(
        "connections that may only read are given up",
        PATH,
        '    event.listen(engine.sync_engine, "handle_error", _drop_read_only)\n',
        "",
        f"{DATABASE}[read_only]",
    ),
    Control(
        "a connection is closed in time",
        PATH,
        "timeout=_CLOSING_SECONDS",
        "timeout=5",
        f"{DATABASE}[unreachable]",
    ),
    Control(
        "a connection is tried before it is used",
        "app/core/database.py",
        "pool_pre_ping=True",
        "pool_pre_ping=False",
        "test_postgresql.py::test_the_server_restarts_while_nobody_asks",
    ),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
async def test_its_test_fails_without(control: Control, tmp_path: Path) -> None:
    await assert_noticed(control, tmp_path)
