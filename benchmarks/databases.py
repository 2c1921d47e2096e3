"""Databases with as many users as it takes."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.postgres import postgres_server

# Ids are UUIDv7: their order is their age. These are older than any that is made now.
COLUMNS = """
INSERT INTO users (id, email, email_canonical, email_verified, full_name, is_active, roles,
                   created_at, updated_at, version)
"""
POSTGRESQL = """
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       'user' || n || '@example.com', 'user' || n || '@example.com', true, 'User ' || n, true,
       'user', now(), now(), 1
FROM generate_series({first}, {last}) AS n;
ANALYZE users;
"""
SQLITE = """
WITH RECURSIVE numbers(n) AS
    (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
SELECT '01900000000070008000' || printf('%012x', n),
       'user' || n || '@example.com', 'user' || n || '@example.com', 1, 'User ' || n, 1,
       'user', datetime(), datetime(), 1
FROM numbers;
"""


@dataclass(frozen=True)
class Database:
    """A database: its URL, and what runs SQL in it."""

    url: str
    execute: Callable[[str], object]
    users: str

    def fill(self, count: int, after: int = 0) -> None:
        """Add `count` users, if any, after as many others; the tables have to be there."""
        if count:
            self.execute(COLUMNS + self.users.format(first=after + 1, last=after + count))


@contextmanager
def postgresql() -> Iterator[Database]:
    """An empty database on a private server, which ends with the block."""
    with postgres_server() as (server, url):
        yield Database(url, server.psql, POSTGRESQL)


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """A database in a file of `folder`, which is there once it is migrated."""
    path = folder / "benchmark.db"

    def execute(sql: str) -> None:
        with sqlite3.connect(path) as connection:
            connection.executescript(sql)
        connection.close()

    yield Database(f"sqlite+aiosqlite:///{path}", execute, SQLITE)
