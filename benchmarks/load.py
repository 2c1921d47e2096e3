"""Load, by wrk."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for again and again."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    script: str | None = None
    """A Lua script beside this file, for requests that differ."""


def load(request: Request, seconds: float, connections: int = CONNECTIONS) -> int:
    """Send requests one after the other on each connection; how many were answered.

    Raises `RuntimeError` when any was answered with an error.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s"]
    for name, value in request.headers.items():
        command += ["-H", f"{name}: {value}"]
    if request.script is not None:
        command += ["-s", str(FOLDER / request.script)]
    done = subprocess.run(
        [*command, request.url], capture_output=True, text=True, check=True, timeout=seconds + 60
    )
    answered = re.search(r"(\d+) requests in", done.stdout)
    if answered is None or re.search(r"Non-2xx|Socket errors", done.stdout):
        raise RuntimeError(f"{request.url}\n{done.stdout}{done.stderr}")
    return int(answered[1])
