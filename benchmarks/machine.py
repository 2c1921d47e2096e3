"""Processes on their own core, and what they use of it."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

# The server that is measured has a core to itself; the load and the databases share the other.
SERVER_CORE, LOAD_CORE = (min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0)))


def stay_on_load_core() -> None:
    """Keep this process, and what it starts from now on, off the server's core."""
    os.sched_setaffinity(0, {LOAD_CORE})


def on_server_core(command: Sequence[str]) -> list[str]:
    """The command that runs another one on the server's core."""
    return ["taskset", "--cpu-list", str(SERVER_CORE), *command]


@contextmanager
def process(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives as long as the block, its output in `log`."""
    with log.open("wb") as output:
        started = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(timeout=30)


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, its threads and the kernel's work for it included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> int:
    """What a process alone holds in memory, in bytes (USS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    private = [line.split()[1] for line in lines if line.startswith("Private_")]
    return sum(map(int, private)) * 1024
