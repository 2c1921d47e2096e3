"""Draw where the time of `GET /users/me` goes: `python -m benchmarks.flame`."""

import shutil
import threading
from pathlib import Path

from support.service import ROOT

from benchmarks.load import load
from benchmarks.machine import stay_on_load_core
from benchmarks.services import installed

DRAWING = ROOT / "docs" / "users-me.svg"
SECONDS = 20


def draw(path: Path) -> None:
    """Sample a service on PostgreSQL under load, and write the flame graph to `path`."""
    stay_on_load_core()
    with installed("postgresql") as service, service.serving() as running:
        request = running.target("/users/me", running.sign_in()).request
        load(request, 2)
        asking = threading.Thread(target=load, args=(request, SECONDS + 5))
        asking.start()
        sampler = ["py-spy", "record", "--format", "flamegraph", "--rate", "250"]
        service.service.run(
            *("uv", "tool", "run", *sampler, "--duration", str(SECONDS)),
            *("--pid", str(running.pid), "--output", path.name),
        )
        asking.join()
        shutil.move(service.service.path / path.name, path)


if __name__ == "__main__":
    draw(DRAWING)
