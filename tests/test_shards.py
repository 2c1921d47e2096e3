"""The tests can be shared out between machines."""

import os
import subprocess
import sys
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from conftest import FIRST
from support.service import ROOT


@cache
def collected(*options: str) -> list[str]:
    """The tests that a run with these options would make."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *options, "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_shards_share_the_tests_out() -> None:
    shards = [collected("--shard", f"{number}/3") for number in (1, 2, 3)]
    assert all(shards)
    assert sorted(chain.from_iterable(shards)) == sorted(collected())


def test_what_runs_first_is_there() -> None:
    tests = collected()
    assert [each for each in FIRST if not any(f"/{each}::" in test for test in tests)] == []


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "a/b"])
def test_what_is_no_shard_is_refused(shard: str) -> None:
    command = [sys.executable, "-m", "pytest", "--shard", shard]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert f"{shard} is no part of the tests" in done.stderr


@pytest.mark.parametrize(("part", "said"), [("", "args="), ("2/4", "args=--shard 2/4")])
def test_ci_runs_the_part_that_it_is_told(tmp_path: Path, part: str, said: str) -> None:
    for name in ("make", "chromium"):
        (tmp_path / name).write_text('#!/bin/sh\necho "$1 $2"\n')
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "SHARD": part}
    output = subprocess.check_output([ROOT / ".ci/run"], env=environment, text=True)
    assert output == f"test {said}\n"


def test_what_pytest_is_given_reaches_no_makefile_of_a_service() -> None:
    command = ["make", "--silent", "--eval", "show:; @env", "show", "args=--shard 1/4"]
    output = subprocess.check_output(command, cwd=ROOT, text=True)
    assert "\nPATH=" in output
    assert "\nargs=" not in output
