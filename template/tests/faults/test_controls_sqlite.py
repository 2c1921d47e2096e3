"""Each protection of connections to SQLite is switched off, and its test must fail."""

from pathlib import Path

import pytest

from tests.faults.controls import Control, assert_noticed

PATH = "app/core/sqlite.py"

CONTROLS = [
    Control(
        "a full disk passes",
        PATH,
        " 10, 13,",
        "",
        "faults/test_sqlite.py::test_a_full_disk_costs_nothing_that_was_acknowledged",
    ),
    Control(
        "a file that may only be read passes",
        PATH,
        " 8,",
        "",
        "faults/test_sqlite.py::test_the_file_may_only_be_read",
    ),
    Control(
        "a folder that is not there passes",
        PATH,
        " 14,",
        "",
        "faults/test_sqlite.py::test_the_folder_comes_after_the_service",
    ),
    Control(
        "what is given up on is rolled back",
        PATH,
        "            self._connection.rollback()\n",
        "            pass\n",
        "core/test_sqlite.py::test_a_connection_that_is_closed_holds_no_lock_whatever_is_left_of_it",
    ),
    Control(
        "what is given up on is interrupted",
        PATH,
        "                await self.interrupt()\n",
        "                pass\n",
        "faults/test_database.py::test_a_statement_takes_too_long",
    ),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
async def test_its_test_fails_without(control: Control, tmp_path: Path) -> None:
    await assert_noticed(control, tmp_path)
