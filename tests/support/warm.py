"""Runs of a service's tests that spare the start of Python and the imports: most of their time.

Python starts once, imports the libraries, and forks for each run, which then imports the service's
own modules as they are at that moment. The service's interpreter runs this file as well: it needs
nothing but the standard library and what the service installs.
"""

import compileall
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from py_compile import PycInvalidationMode

# A run that hangs is killed, after so many seconds.
TIMEOUT = 120

# Asserts are not rewritten: of modules that are imported before pytest it would warn.
OPTIONS = ("--assert=plain",)

Run = Callable[..., tuple[int, str]]


@contextmanager
def warm_pytest(service: Path, environment: Mapping[str, str]) -> Iterator[Run]:
    """pytest in ``service``, as a call: its arguments to its exit code and output.

    The code is negative when a signal ended the run. The process ends with its standard input:
    with the block, or with this process.
    """
    with subprocess.Popen(
        [service / ".venv" / "bin" / "python", "-P", __file__],
        cwd=service,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        requests, replies = process.stdin, process.stdout

        def run(*arguments: str) -> tuple[int, str]:
            print(json.dumps(arguments), file=requests, flush=True)
            code, output = json.loads(replies.readline())
            return code, output

        yield run


def forked(work: Callable[[], int]) -> tuple[int, str]:
    """The exit code and the output of ``work`` in a process, of which nothing is left behind."""
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            os.setsid()
            signal.alarm(TIMEOUT)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            sys.exit(work())
        try:
            _, status = os.waitpid(child, 0)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read().decode(errors="replace")


def run_pytest(arguments: list[str]) -> int:
    import pytest

    return pytest.main([*OPTIONS, *arguments])


def list_libraries() -> int:
    """Print what the tests import and the service does not own, in the order of the imports."""
    code = run_pytest(["--collect-only", "-qqq"])
    specs = [getattr(module, "__spec__", None) for module in sys.modules.values()]
    installed = [spec.name for spec in specs if spec and (spec.origin or "").startswith(sys.prefix)]
    print("\n" + json.dumps(installed))
    return code


def main() -> None:
    # Whoever changes a file twice in a second must not be given the code of the first time.
    for folder in ("app", "migrations", "tests"):
        mode = PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(folder, quiet=1, force=True, invalidation_mode=mode)
    code, output = forked(list_libraries)
    if code:
        sys.exit(output)
    for library in json.loads(output.splitlines()[-1]):
        importlib.import_module(library)
    sys.dont_write_bytecode = True
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(forked(partial(run_pytest, json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
