"""`make demo`, `make test` and what they stand on, on machines with something missing."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import port
import pytest
from support.service import ROOT, free_port

# A Python whose version is read from its own file name, as the finder's probes see it.
FAKE_PYTHON = """#!/bin/sh
case "$2" in
    *version_info*) {version} ;;
    *ensurepip*) {venv} ;;
esac
"""


def fake(folder: Path, name: str, version: str = "exit 1", venv: str = "exit 0") -> Path:
    """A program that answers the finder's two probes: its version, and its venv module."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(FAKE_PYTHON.format(version=version, venv=venv))
    program.chmod(0o755)
    return program


def working(folder: Path, name: str, venv: str = "exit 0") -> Path:
    return fake(folder, name, version=f"echo {folder / name}", venv=venv)


def find_python(home: Path, *path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The finder's answer on a machine with only these folders in PATH."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/find-python.sh")],
        env={"HOME": str(home), "PATH": os.pathsep.join(map(str, path)), **environment},
        capture_output=True,
        text=True,
    )


def test_finds_python_behind_a_dead_shim(tmp_path: Path) -> None:
    fake(
        tmp_path / "shims",
        "python3",
        version="echo 'pyenv: python3: command not found' >&2; exit 127",
    )
    alive = working(tmp_path / "usr bin", "python3")
    found = find_python(tmp_path, tmp_path / "shims", alive.parent)
    assert (found.returncode, found.stdout.strip(), found.stderr) == (0, str(alive), "")


@pytest.mark.parametrize("environment", [{}, {"HOME": "/nonexistent"}], ids=["home", "no-home"])
def test_finds_python_that_only_pyenv_knows(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / ".pyenv/versions/3.13.0/bin"
    folder.mkdir(parents=True)
    alive = working(folder, "python3")
    shims = tmp_path / ".pyenv/shims"
    fake(shims, "python3")
    found = find_python(tmp_path, shims, **environment)
    assert found.stdout.strip() == str(alive)


def test_passes_over_python_without_venv(tmp_path: Path) -> None:
    working(tmp_path / "a", "python3", venv="exit 1")
    alive = working(tmp_path / "b", "python3.12")
    found = find_python(tmp_path, tmp_path / "a", alive.parent)
    assert found.stdout.strip() == str(alive)


def test_names_the_remedy_when_no_python_is_new_enough(tmp_path: Path) -> None:
    fake(tmp_path / "bin", "python3")
    found = find_python(tmp_path, tmp_path / "bin")
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr == (
        "error: no working Python 3.11 or newer found: "
        "install one, or name it with PYTHON=/path/to/python3.\n"
    )


def test_names_the_remedy_when_venv_is_missing(tmp_path: Path) -> None:
    working(tmp_path / "bin", "python3", venv="exit 1")
    found = find_python(tmp_path, tmp_path / "bin")
    assert found.returncode == 1
    assert "apt install python3-venv" in found.stderr


def test_takes_no_other_python_than_the_one_named(tmp_path: Path) -> None:
    named = fake(tmp_path / "old", "python3")
    working(tmp_path / "bin", "python3")
    found = find_python(tmp_path, tmp_path / "bin", PYTHON=str(named))
    assert found.returncode == 1
    assert f"PYTHON={named} is not a working Python 3.11 or newer" in found.stderr


def test_the_real_python_is_found() -> None:
    found = find_python(Path.home(), *map(Path, os.environ["PATH"].split(os.pathsep)))
    assert found.returncode == 0, found.stderr
    version = subprocess.check_output([found.stdout.strip(), "--version"], text=True)
    assert version.startswith("Python 3.")


def test_make_names_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    helped = re.findall(r"^  make ([a-z-]+) +\S", make(ROOT).stdout, re.MULTILINE)
    assert sorted(helped) == sorted(phony[1].split())


def test_every_tool_is_pinned_by_hash_and_no_host_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {re.split(r"[<>=]", line)[0] for line in project["dependency-groups"]["dev"]}
    requirements = (ROOT / "requirements.txt").read_text()
    pins = re.findall(r"^([\w-]+)==\S+(?: ;.*?)? \\\n    --hash=", requirements, re.MULTILINE)
    assert wanted <= set(pins)
    assert len(pins) == len(re.findall(r"^[\w-]+==", requirements, re.MULTILINE))
    assert "://" not in requirements


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that set-up needs, in a folder without .venv."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.txt").write_text("")
    return folder


def make(
    folder: Path, *arguments: str, path: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What make says when a user runs it in ``folder``."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    inherited["PATH"] = os.pathsep.join([*([str(path)] if path else []), inherited["PATH"]])
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={**inherited, "PYTHON": sys.executable, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_set_up_happens_once_and_again_when_the_requirements_change(checkout: Path) -> None:
    first = make(checkout, "setup")
    assert first.returncode == 0, first.stderr
    assert "==> Set up in" in first.stdout
    assert make(checkout, "setup").stdout == ""
    (checkout / "requirements.txt").write_text("# changed\n")
    assert "==> Set up in" in make(checkout, "setup").stdout


def test_set_up_is_done_again_after_one_that_was_cut_short(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/pyvenv.cfg").touch()
    assert "==> Set up in" in make(checkout, "setup").stdout


def test_set_up_leaves_a_folder_alone_that_is_no_environment(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv/notes.txt").touch()
    refused = make(checkout, "setup")
    assert refused.returncode != 0
    assert "error: .venv is there but is no virtual environment" in refused.stderr
    assert (checkout / ".venv/notes.txt").exists()


def test_no_package_index_is_named_as_such_and_leaves_nothing(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("iniconfig==2.3.1\n")
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    refused = make(
        checkout,
        "setup",
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL=nowhere,
        PIP_RETRIES="0",
        PIP_FIND_LINKS="",
        PIP_NO_CACHE_DIR="1",
    )
    assert refused.returncode != 0
    assert (
        "error: the package index cannot be reached, or lacks a pinned file: check"
        in refused.stderr
    )
    assert not (checkout / ".venv").exists()


def test_a_full_disk_is_named_as_such(checkout: Path) -> None:
    bin_ = checkout / "bin"
    bin_.mkdir()
    df = bin_ / "df"
    df.write_text("#!/bin/sh\necho header\necho device 1000 988 12 99% /\n")
    df.chmod(0o755)
    refused = make(checkout, "setup", path=bin_)
    assert refused.returncode != 0
    assert "error: only 12 MB of disk are free" in refused.stderr
    assert not (checkout / ".venv").exists()


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server((port.HOST, 0)) as server:
        number: int = server.getsockname()[1]
        yield number


def test_demo_refuses_a_busy_port_before_any_work(checkout: Path, busy_port: int) -> None:
    refused = make(checkout, "demo", f"PORT={busy_port}")
    assert refused.returncode != 0
    assert (
        f"error: port {busy_port} is in use: stop what listens there, or choose" in refused.stderr
    )
    assert refused.stdout == ""
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", ""])
def test_demo_refuses_what_is_no_port(checkout: Path, value: str) -> None:
    refused = make(checkout, "demo", f"PORT={value}")
    assert refused.returncode != 0
    assert f"error: PORT={value} is no port: choose one from 1 to 65535" in refused.stderr


def test_demo_leaves_a_folder_alone_that_is_not_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    refused = make(ROOT, "demo", f"PORT={free_port()}", f"DEMO_DIR={folder}")
    assert refused.returncode != 0
    assert "was not made by make demo: choose another folder" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


class Demo:
    """`make demo` in a process group of its own, as a terminal runs it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.output = ""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        self.process = subprocess.Popen(
            ["make", "demo", f"PORT={self.port}", f"DEMO_DIR={folder}"],
            cwd=ROOT,
            env=inherited,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Wait until it serves."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if "Ctrl-C stops it." in line:
                return self
        self.process.wait()
        self.process.stdout.close()
        pytest.fail(f"make demo ended before it served:\n{self.output}")

    def __exit__(self, *_: object) -> None:
        """Press Ctrl-C, which goes to the whole group, and read what is left to say."""
        os.killpg(self.process.pid, signal.SIGINT)
        rest = self.process.communicate(timeout=30)[0]
        self.output += rest


def test_demo_serves_ends_on_ctrl_c_and_runs_again_over_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    with Demo(folder) as first:
        live = f"http://{port.HOST}:{first.port}/api/v1/health/live"
        with urllib.request.urlopen(live) as response:
            assert response.status == 200
    assert f"curl -i http://{port.HOST}:{first.port}/" in first.output
    assert first.process.returncode in (0, 130, -signal.SIGINT)
    assert "Traceback" not in first.output
    secrets = (folder / ".env").read_text()

    with Demo(folder) as again:
        pass
    assert "==> Rendering the default service" in again.output
    assert (folder / ".env").read_text() == secrets

    (folder / "README.md").write_text("my own words\n")
    with Demo(folder) as edited:
        pass
    assert "with your changes; remove it to have it rendered afresh" in edited.output
    assert (folder / "README.md").read_text() == "my own words\n"
