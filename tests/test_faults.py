"""What a service stands on is broken, on each database, by its own `make test-faults`."""

import re
import subprocess
import tempfile
import time
from pathlib import Path

from conftest import Environment, Record
from support.pythons import interpreters, oldest_and_newest
from support.service import Service, render

# Some minutes on idle cores.
LIMIT = 1500.0


def survive(database: str, environment: Environment, record: Record) -> None:
    """Run the faults on the newest Python, and keep their table for the end of this run."""
    version = oldest_and_newest()[-1]
    # Not in pytest's folder: PostgreSQL, when root starts it out of .venv, runs as another user.
    with tempfile.TemporaryDirectory(prefix=f"faults-{database}-") as folder:
        service = Service(Path(folder) / "service", interpreters()[version], environment)
        render(service.path, database=database, python_version=version)
        subprocess.run(["git", "init", "--quiet", str(service.path)], check=True)
        started = time.monotonic()
        output = service.run("make", "test-faults", seconds=LIMIT)
    record("make test-faults", f"{time.monotonic() - started:.1f} s")
    for row in re.findall(r"^test_\w+.* \| .*$", output, re.MULTILINE):
        record("fault", row)
    assert re.search(r"\d+ passed", output), output


class TestSqlite:
    """A class for each database, which two workers can share."""

    def test_faults_are_survived(self, environment: Environment, record_property: Record) -> None:
        survive("sqlite", environment, record_property)


class TestPostgresql:
    """The other one."""

    def test_faults_are_survived(self, environment: Environment, record_property: Record) -> None:
        survive("postgresql", environment, record_property)
