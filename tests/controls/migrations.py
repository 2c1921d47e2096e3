"""Migrations, readiness and the first start."""

from controls.base import Control

HEALTH = "tests/api/test_health.py"
MIGRATIONS = "tests/test_migrations.py"
READINESS = "tests/core/test_readiness.py"
WAITS = f"{MIGRATIONS}::test_an_upgrade_waits_for_another_before_it_reads_the_version"
START = "tests/test_first_start.py"

CONTROLS = [
    Control(
        "SQLite migrations run one at a time",
        "app/core/sqlite.py",
        '    connection.exec_driver_sql("BEGIN IMMEDIATE")\n',
        "",
        WAITS,
    ),
    Control(
        "migrations are all or nothing",
        "app/core/sqlite.py",
        '    connection.exec_driver_sql("BEGIN IMMEDIATE")\n',
        '    connection.commit()\n    connection.execution_options(isolation_level="AUTOCOMMIT")\n',
        f"{MIGRATIONS}::test_a_migration_that_fails_leaves_nothing",
    ),
    Control(
        "SQLite migrations keep the rows that refer to a table",
        "app/core/sqlite.py",
        '    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")\n',
        "",
        f"{MIGRATIONS}::test_altering_a_table_keeps_the_rows_that_refer_to_it",
    ),
    Control(
        "migrations try again while others hold a lock",
        "migrations/env.py",
        "            if monotonic() + pause > deadline:\n",
        "            if True:\n",
        WAITS,
    ),
    Control(
        "migrations give up on a lock with a line",
        "migrations/env.py",
        "            if not is_locked(error):\n",
        "            if True:\n",
        f"{MIGRATIONS}::test_a_lock_of_somebody_else_ends_it_with_a_line_and_nothing_changed",
    ),
    Control(
        "without its migrations the service is not ready",
        "app/core/migrations.py",
        "        if not current:\n",
        "        if False:\n",
        f"{HEALTH} {START}",
    ),
    Control(
        "tables behind the code are noticed",
        "app/core/migrations.py",
        " and current != self.heads:",
        " and False:",
        START,
    ),
    Control(
        "tables of a later release are fine",
        "app/core/migrations.py",
        "if current <= self.known and current != self.heads:",
        "if current != self.heads:",
        HEALTH,
    ),
    Control(
        "readiness knows the migrations",
        "app/application.py",
        '        "migrations": partial(migrations.check_readiness, factory, DIALECT),\n',
        "",
        HEALTH,
    ),
    Control(
        "of a database that is away one check tells",
        "app/core/migrations.py",
        "            if not is_unavailable(error, dialect):\n",
        "            if True:\n",
        HEALTH,
    ),
    Control(
        "without tables the service does not start",
        "app/application.py",
        "if await migrations.check_start(factory):",
        "if True:",
        START,
    ),
    Control(
        "without a database the service starts",
        "app/core/migrations.py",
        "        except Exception as error:\n            name = type",
        "        except ZeroDivisionError as error:\n            name = type",
        HEALTH,
    ),
    Control(
        "a start that fails says why in a line",
        "app/api/openapi.py",
        "            send = briefly(send)\n",
        "            pass\n",
        START,
    ),
    Control(
        "probes share one run of the checks",
        "app/core/readiness.py",
        "        if self._run is None or (self._run.done() and now >= self._kept_until):\n",
        "        if True:\n",
        HEALTH,
    ),
    Control(
        "a check that hangs has failed",
        "app/core/readiness.py",
        "timeout=self._seconds",
        "timeout=None",
        READINESS,
    ),
    Control(
        "a probe that leaves ends no check",
        "app/core/readiness.py",
        "await asyncio.shield(self._run)",
        "await self._run",
        READINESS,
    ),
    Control(
        "the stop is told at once",
        "app/core/readiness.py",
        "        if self._drain.begun:",
        "        if False:",
        READINESS,
    ),
]
