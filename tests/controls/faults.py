"""What holds when something fails; on SQLite and PostgreSQL by services with nothing else on."""

from controls.base import Control

REQUESTS = "tests/faults/test_requests.py"
SHUTDOWN = "tests/faults/test_shutdown.py"
WORKERS = "tests/faults/test_workers.py"
STATEMENT = "tests/faults/test_database.py::test_a_statement_takes_too_long"

BOTH = [
    Control(
        "the commit comes before the answer",
        "app/api/dependencies.py",
        'Depends(get_session, scope="function")',
        "Depends(get_session)",
        f"{WORKERS}::test_killed_workers_lose_nothing_that_was_acknowledged[3-0.03]",
    ),
    Control(
        "a transaction waits for the database for so long",
        "app/application.py",
        "timeout=settings.database_timeout",
        "timeout=None",
        "tests/faults/test_database.py::test_the_pool_is_used_up",
    ),
    Control(
        "a request has a deadline",
        "app/core/middleware/pipeline.py",
        "        Middleware(DeadlineMiddleware, seconds=settings.request_timeout),\n",
        "",
        f"{REQUESTS}::test_a_request_that_takes_too_long_is_cancelled",
    ),
    Control(
        "the client is told that its body came too slowly",
        "app/core/middleware/deadline.py",
        "(SlowBodyError if waiting else DeadlineExceededError)",
        "DeadlineExceededError",
        f"{REQUESTS}::test_bodies_that_do_not_end_are_given_up",
    ),
    Control(
        "so many requests at once",
        "app/core/middleware/concurrency.py",
        "self.running >= self.limit",
        "self.running < 0",
        f"{REQUESTS}::test_more_at_once_than_the_limit_is_refused_at_once",
    ),
    Control(
        "health checks are answered in any crowd",
        "app/core/middleware/concurrency.py",
        ' or scope["path"].startswith(HEALTH_CHECKS)',
        "",
        f"{REQUESTS}::test_more_at_once_than_the_limit_is_refused_at_once",
    ),
    Control(
        "so large a body",
        "app/core/middleware/body_limit.py",
        "            self._check(received)\n",
        "",
        f"{REQUESTS}::test_what_is_too_large_costs_no_memory",
    ),
    Control(
        "the service answers on while balancers learn of its stop",
        "app/application.py",
        "    drain.watch()\n",
        "",
        f"{SHUTDOWN}::test_requests_in_flight_are_answered_and_readiness_says_stop",
    ),
    Control(
        "a second signal means now",
        "app/core/drain.py",
        "server.handle_exit(number, frame)",
        "pass",
        f"{SHUTDOWN}::test_a_second_signal_does_not_wait",
    ),
    Control(
        "the same requests at once have one answer",
        "app/api/idempotency.py",
        "return _replay(answer)",
        "raise",
        "tests/faults/test_idempotency.py::test_a_request_with_a_key_takes_effect_once_whoever_is_killed",
    ),
    Control(
        "a line that cannot be logged stops nobody",
        "app/core/logging.py",
        "with contextlib.suppress(Exception):",
        "with contextlib.suppress(ZeroDivisionError):",
        "tests/faults/test_log.py::test_the_reader_of_the_log_is_gone",
    ),
]

SQLITE = "app/core/sqlite.py"
SQLITE_TESTS = "tests/faults/test_sqlite.py"

ON_SQLITE = [
    *BOTH,
    Control(
        "a full disk passes",
        SQLITE,
        " 10, 13,",
        "",
        f"{SQLITE_TESTS}::test_a_full_disk_costs_nothing_that_was_acknowledged",
    ),
    Control(
        "a file that may only be read passes",
        SQLITE,
        " 8,",
        "",
        f"{SQLITE_TESTS}::test_the_file_may_only_be_read",
    ),
    Control(
        "a folder that is not there passes",
        SQLITE,
        " 14,",
        "",
        f"{SQLITE_TESTS}::test_the_folder_comes_after_the_service",
    ),
    Control(
        "what is given up on is rolled back",
        SQLITE,
        "            self._connection.rollback()\n",
        "            pass\n",
        "tests/core/test_sqlite.py::test_a_connection_that_is_closed_holds_no_lock_whatever_is_left_of_it",
    ),
    Control(
        "what is given up on is interrupted",
        SQLITE,
        "                await self.interrupt()\n",
        "                pass\n",
        STATEMENT,
    ),
]

POSTGRESQL = "app/core/postgresql.py"
POSTGRESQL_TESTS = "tests/core/test_postgresql.py"
OUTAGES = "tests/faults/test_postgresql.py"

ON_POSTGRESQL = [
    *BOTH,
    Control(
        "a full disk passes",
        POSTGRESQL,
        '"53", ',
        "",
        "tests/faults/test_database.py::test_the_disk_is_full",
    ),
    Control(
        "connections that may only read are given up",
        POSTGRESQL,
        '    event.listen(engine.sync_engine, "handle_error", _drop_read_only)\n',
        "",
        f"{OUTAGES}::test_the_database_is[read_only]",
    ),
    Control(
        "a connection is closed in time",
        POSTGRESQL,
        "timeout=_CLOSING_SECONDS",
        "timeout=5",
        f"{OUTAGES}::test_the_database_is[unreachable]",
    ),
    Control(
        "a connection that nobody answers is closed without a word",
        POSTGRESQL,
        "        with suppress(TimeoutError):\n",
        "        if True:\n",
        f"{OUTAGES}::test_connections_to_spare_are_closed_without_a_word_though_nobody_answers",
    ),
    Control(
        "what the network says is a database error",
        POSTGRESQL,
        '    event.listen(engine.sync_engine, "do_connect", _connect)\n',
        "",
        f"{POSTGRESQL_TESTS}::test_a_server_that_is_not_there_is_unavailable",
    ),
    Control(
        "the server has time limits of its own",
        POSTGRESQL,
        'f"{ms:.0f}" for name, ms in milliseconds.items()',
        'f"{0 * ms:.0f}" for name, ms in milliseconds.items()',
        f"{POSTGRESQL_TESTS}::test_the_server_gives_up_what_nobody_here_is_left_to_stop",
    ),
    Control(
        "migrations take turns",
        POSTGRESQL,
        "    connection.exec_driver_sql(_LOCK_MIGRATIONS)\n",
        "",
        "tests/test_migrations.py::test_an_upgrade_waits_for_another_before_it_reads_the_version",
    ),
    Control(
        "a connection is tried before it is used",
        "app/core/database.py",
        "    ping_after_a_pause(engine.sync_engine)\n",
        "",
        f"{OUTAGES}::test_the_server_restarts_while_nobody_asks",
    ),
    Control(
        "a lock is held by a transaction",
        POSTGRESQL,
        '{"FOR", "INTO"}',
        '{"INTO"}',
        f"{POSTGRESQL_TESTS}::test_a_transaction_begins_with_what_does_more_than_read",
    ),
    Control(
        "a function is called in a transaction",
        POSTGRESQL,
        '"(" in statement or ',
        "",
        f"{POSTGRESQL_TESTS}::test_a_transaction_begins_with_what_does_more_than_read",
    ),
    Control(
        "a pooler sees transactions alone",
        POSTGRESQL,
        '!= "0"',
        '!= "no"',
        f"{POSTGRESQL_TESTS}::test_behind_a_pooler_every_statement_is_in_a_transaction",
    ),
]
