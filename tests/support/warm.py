"""Runs of a service's tests that spare the start of Python and the imports: most of their time.

Python starts once and imports the libraries. For the runs in a row that change the same file it
forks, and the fork imports all of `app` that has nothing to do with that file. It forks in turn for
each run, which imports the rest as it is at that moment. The service's interpreter runs this file
as well: it needs nothing but the standard library and what the service installs.
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
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import NoReturn

# A run that hangs is killed, after so many seconds.
TIMEOUT = 120

# Asserts are not rewritten: of modules that are imported before pytest it would warn.
OPTIONS = ("--assert=plain",)

# Some tests, for what is imported no earlier than it is used: the database's driver, for example.
SAMPLE = "health"

READY = "ready\n"

Run = Callable[..., tuple[int, str]]


@contextmanager
def warm_pytest(service: Path, environment: Mapping[str, str]) -> Iterator[Run]:
    """pytest in ``service``, as a call: the changed file and arguments to exit code and output.

    The code is negative when a signal ended the run. The process ends with its standard input:
    with the block, or with this process.
    """
    with subprocess.Popen(
        [f"{environment['UV_PROJECT_ENVIRONMENT']}/bin/python", "-P", __file__],
        cwd=service,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        requests, replies = process.stdin, process.stdout
        # Nobody changes a file before its imports are made.
        assert replies.readline() == READY, "The service's own tests fail."

        def run(changed: str, *arguments: str) -> tuple[int, str]:
            print(json.dumps([changed, arguments]), file=requests, flush=True)
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
            work_and_exit(work)
        try:
            _, status = os.waitpid(child, 0)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read().decode(errors="replace")


@contextmanager
def reported() -> Iterator[None]:
    """Print what is raised, and go on."""
    try:
        yield
    except BaseException:
        traceback.print_exc()


def work_and_exit(work: Callable[[], int]) -> NoReturn:
    """Exit without Python's cleaning up, which would touch, and so copy, all of the memory."""
    code = 1  # as of any Python that ends with an exception
    try:
        with reported():
            code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def run_pytest(folder: str, arguments: Iterable[str]) -> int:
    import pytest

    # In a folder of its own pytest needs not look after those of earlier runs.
    return pytest.main([*OPTIONS, f"--basetemp={folder}/tests", *arguments])


def list_modules(folder: str) -> int:
    """Print what the tests import: of the libraries, and of `app`."""
    code = run_pytest(folder, ["-q", "-k", SAMPLE])
    modules = list(sys.modules.values())
    specs = [spec for module in modules if (spec := getattr(module, "__spec__", None))]
    origins = {spec.name: spec.origin or "" for spec in specs}
    libraries = [name for name, origin in origins.items() if origin.startswith(sys.prefix)]
    own = [name for name in origins if name.partition(".")[0] == "app"]
    print("\n" + json.dumps([libraries, own]))
    return code


def import_others(own: list[str], changed: str) -> None:
    """Import those of `own` modules that do not import the file `changed`, not even through others.

    One that does ends at its imports, before it has defined anything.
    """
    sys.path.insert(0, str(Path.cwd()))
    module = changed.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    sys.modules[module] = None  # type: ignore[assignment]  # Python then refuses to import it
    refused = {module}
    for name in own:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            sys.modules[name] = None  # type: ignore[assignment]
            refused.add(name)
    for name in refused:
        del sys.modules[name]
    gc.freeze()


def serve(own: list[str], folder: str) -> None:
    """Answer the requests on standard input, until it ends."""
    for changed, requests in groupby(map(json.loads, sys.stdin), key=itemgetter(0)):
        with ProcessPoolExecutor(
            1, get_context("fork"), initializer=import_others, initargs=(own, changed)
        ) as process:
            for _, arguments in requests:
                run = process.submit(forked, partial(run_pytest, folder, arguments))
                print(json.dumps(run.result()), flush=True)


def main() -> None:
    # Whoever changes a file twice in a second must not be given the code of the first time.
    for folder in ("app", "migrations", "tests"):
        mode = PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(folder, quiet=1, force=True, invalidation_mode=mode)
    with tempfile.TemporaryDirectory() as folder:
        code, output = forked(partial(list_modules, folder))
        if code:
            sys.exit(output)
        libraries, own = json.loads(output.splitlines()[-1])
        for library in libraries:
            importlib.import_module(library)
        sys.dont_write_bytecode = True
        gc.freeze()
        print(end=READY, flush=True)
        serve(own[::-1], folder)


if __name__ == "__main__":
    main()
