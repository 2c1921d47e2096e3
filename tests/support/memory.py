"""Temporary folders in memory: files, and git above all, cost a third of the time there."""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")

# Some 2 GB are held at once, in environments for the most part; it is the machine's memory, too.
ROOM = 8 * 2**30


def has_room(folder: Path) -> bool:
    """Whether the folder is there, holds what the tests need, and runs their programs."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC


def use_memory() -> None:
    """Make temporary folders in memory where there is room, unless TMPDIR names another place.

    The programs that are started do the same.
    """
    if "TMPDIR" not in os.environ and has_room(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
