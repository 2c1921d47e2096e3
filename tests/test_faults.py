"""What a service stands on is broken, on each database, by its own `make test-faults`."""

import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Environment, Record
from support.pythons import interpreters, oldest_and_newest
from support.service import PROVIDERS, Service, render

# Two minutes on idle cores.
LIMIT = 900.0

# With every option on, as the other one has none.
ANSWERS: dict[str, dict[str, Any]] = {
    "sqlite": {},
    "postgresql": {"oauth_providers": PROVIDERS, "redis": True},
}


@pytest.mark.parametrize("database", ANSWERS)
def test_faults_are_survived(
    database: str, environment: Environment, record_property: Record
) -> None:
    """On the newest Python; their table is kept for the end of this run."""
    version = oldest_and_newest()[-1]
    # Not in pytest's folder: PostgreSQL, when root starts it out of .venv, runs as another user.
    with tempfile.TemporaryDirectory(prefix=f"faults-{database}-") as folder:
        service = Service(Path(folder) / "service", interpreters()[version], environment)
        render(service.path, database=database, python_version=version, **ANSWERS[database])
        subprocess.run(["git", "init", "--quiet", str(service.path)], check=True)
        started = time.monotonic()
        output = service.run("make", "test-faults", seconds=LIMIT)
    record_property("make test-faults", f"{time.monotonic() - started:.1f} s")
    for row in re.findall(r"^test_\w+.* \| .*$", output, re.MULTILINE):
        record_property("fault", row)
    assert re.search(r"\d+ passed", output), output
