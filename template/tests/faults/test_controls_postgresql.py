"""Each protection of connections to PostgreSQL is switched off, and its test must fail."""

from pathlib import Path

import pytest

from tests.faults.controls import Control, assert_noticed

PATH = "app/core/postgresql.py"
DATABASE = "faults/test_postgresql.py::test_the_database_is"

CONTROLS = [
    Control(
        "a full disk passes",
        PATH,
        '"53", ',
        "",
        "faults/test_database.py::test_the_disk_is_full",
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
        "a connection that nobody answers is closed without a word",
        PATH,
        "        with suppress(TimeoutError):\n",
        "        if True:\n",
        "faults/test_postgresql.py::"
        "test_connections_to_spare_are_closed_without_a_word_though_nobody_answers",
    ),
    Control(
        "what the network says is a database error",
        PATH,
        '    event.listen(engine.sync_engine, "do_connect", _connect)\n',
        "",
        "core/test_postgresql.py::test_a_server_that_is_not_there_is_unavailable",
    ),
    Control(
        "the server has time limits of its own",
        PATH,
        'f"{ms:.0f}" for name, ms in milliseconds.items()',
        'f"{0 * ms:.0f}" for name, ms in milliseconds.items()',
        "core/test_postgresql.py::test_the_server_gives_up_what_nobody_here_is_left_to_stop",
    ),
    Control(
        "migrations take turns",
        PATH,
        "    connection.exec_driver_sql(_LOCK_MIGRATIONS)\n",
        "",
        "test_migrations.py::test_an_upgrade_waits_for_another_before_it_reads_the_version",
    ),
    Control(
        "a connection is tried before it is used",
        "app/core/database.py",
        "    ping_after_a_pause(engine.sync_engine)\n",
        "",
        "faults/test_postgresql.py::test_the_server_restarts_while_nobody_asks",
    ),
    Control(
        "a lock is held by a transaction",
        PATH,
        '{"FOR", "INTO"}',
        '{"INTO"}',
        "core/test_postgresql.py::test_a_transaction_begins_with_what_does_more_than_read",
    ),
    Control(
        "a function is called in a transaction",
        PATH,
        '"(" in statement or ',
        "",
        "core/test_postgresql.py::test_a_transaction_begins_with_what_does_more_than_read",
    ),
    Control(
        "a pooler sees transactions alone",
        PATH,
        '!= "0"',
        '!= "no"',
        "core/test_postgresql.py::test_behind_a_pooler_every_statement_is_in_a_transaction",
    ),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
async def test_its_test_fails_without(control: Control, tmp_path: Path) -> None:
    await assert_noticed(control, tmp_path)
