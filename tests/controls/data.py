"""Transactions, databases and rows."""

from controls.base import Control

PAGINATION = "tests/api/test_pagination.py"
REPOSITORY = "tests/repositories/test_user.py"
TRANSACTIONS = "tests/api/test_transactions.py"

CONTROLS = [
    Control(
        "the commit comes before the answer",
        "app/api/dependencies.py",
        'Depends(get_session, scope="function")',
        "Depends(get_session)",
        TRANSACTIONS,
    ),
    Control(
        "no connection is held while a password is hashed",
        "app/core/database.py",
        '''        """
        await self.commit()''',
        '''        """''',
        TRANSACTIONS,
    ),
    Control(
        "events of a rollback are forgotten",
        "app/core/database.py",
        "        self._events.clear()\n",
        "",
        "tests/core/test_events.py",
    ),
    Control(
        "SQLite transactions begin at their first write",
        "app/core/sqlite.py",
        """        return
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN IMMEDIATE")
""",
        """        if statement.startswith(("BEGIN", "PRAGMA")):
            return
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN")
""",
        "tests/core/test_sqlite.py",
    ),
    Control(
        "SQLite transactions begin at a text that writes and reads, too",
        "app/core/sqlite.py",
        " and not made_of.is_text",
        "",
        "tests/core/test_sqlite.py",
    ),
    Control(
        "SQLite's settings are made on each connection",
        "app/core/sqlite.py",
        '    event.listen(engine.sync_engine, "connect", _set_pragmas)\n',
        "",
        "tests/core/test_sqlite.py",
    ),
    Control(
        "a lock in SQLite passes",
        "app/core/sqlite.py",
        "{5, 6,",
        "{6,",
        "tests/core/test_sqlite.py",
    ),
    Control(
        "times come back aware",
        "app/models/base.py",
        "return value.replace(tzinfo=UTC) if value.tzinfo is None else value",
        "return value",
        REPOSITORY,
    ),
    Control(
        "a change of a deleted row is a conflict",
        "app/repositories/base.py",
        "except StaleDataError:",
        "except ZeroDivisionError:",
        REPOSITORY,
    ),
    Control(
        "pages follow one order",
        "app/repositories/base.py",
        ".order_by(self.model.id)",
        ".order_by(self.model.email_canonical)",
        f"{PAGINATION}::test_pages_partition_the_users_whatever_the_limits",
    ),
    Control(
        "a page begins behind the one before",
        "app/repositories/base.py",
        "self.model.id > after",
        "self.model.id >= after",
        PAGINATION,
    ),
    Control(
        "a connection is asked after a pause",
        "app/core/pool.py",
        "if used_at is None or monotonic() - used_at < TRUSTED_SECONDS:",
        "if True:",
        "tests/core/test_pool.py",
    ),
    Control(
        "a row is read in the transaction that has begun",
        "app/core/timed_session.py",
        "session.in_transaction() or ",
        "",
        "tests/repositories/test_user.py",
    ),
]
