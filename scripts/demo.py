"""Render the default service from the working tree, set it up and serve it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import copier
import port
from copier.errors import DirtyLocalWarning

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 60.0

# Says of a folder's git repository that this program made it.
OWNER = ("demo.owner", "make-demo")


class DemoError(Exception):
    """A message for the user: what is wrong, and the remedy."""


@contextmanager
def step(title: str) -> Iterator[None]:
    print(f"==> {title}", flush=True)
    started = time.monotonic()
    yield
    print(f"    {time.monotonic() - started:.1f} s", flush=True)


def git(folder: Path, *arguments: str) -> str:
    settings = ("user.name=make demo", "user.email=demo@localhost", "commit.gpgsign=false")
    command = ["git", "-C", str(folder)]
    for setting in settings:
        command += ["-c", setting]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise DemoError(f"git {arguments[0]} failed in {folder}: {done.stderr.strip()}")
    return done.stdout.strip()


def holds_something(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def is_ours(folder: Path) -> bool:
    key, value = OWNER
    return (folder / ".git").exists() and git(folder, "config", "--default", "", key) == value


def commits(folder: Path) -> int:
    return int(git(folder, "rev-list", "--count", "--all"))


def is_edited(folder: Path) -> bool:
    """Whether anyone changed or committed anything since this program's one commit."""
    made = commits(folder)
    return made > 1 or (made == 1 and git(folder, "status", "--porcelain") != "")


def render(folder: Path) -> None:
    """Render over what an earlier run rendered; the database and .env of that run stay."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    git(folder, "config", *OWNER)
    git(folder, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", ".")
    with warnings.catch_warnings():
        # HEAD and what is not committed yet: the demo shows the template as it is now.
        warnings.simplefilter("ignore", DirtyLocalWarning)
        copier.run_copy(
            str(ROOT), folder, defaults=True, overwrite=True, quiet=True, vcs_ref="HEAD"
        )


def record(folder: Path) -> None:
    """Commit what was rendered, so that the next run can tell an edit from it."""
    amend = ["--amend"] if commits(folder) else []
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", *amend, "--message", "Rendered by make demo")


def service_environment() -> dict[str, str]:
    """This program's environment with the pinned uv in front, and the interpreter it runs on."""
    dropped = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return kept | {
        "PATH": f"{ROOT / '.venv' / 'uv'}{os.pathsep}{os.environ['PATH']}",
        "UV_PYTHON": str(Path(sys.base_prefix) / "bin" / "python3"),
        "UV_PYTHON_DOWNLOADS": "never",
    }


def run(folder: Path, *command: str) -> None:
    if subprocess.run(command, cwd=folder, env=service_environment()).returncode:
        raise DemoError(f"'{' '.join(command)}' failed in {folder}: its message above says why.")


def wait_until_live(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DemoError("the service stopped while starting: its message is above.")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise DemoError(f"the service did not answer {url} within {START_TIMEOUT:.0f} s.")


def serve(folder: Path, number: str, started: float) -> int:
    command = ("uv", "run", "uvicorn", "app.main:app", "--no-server-header")
    address = f"http://{port.HOST}:{number}"
    server = subprocess.Popen(
        (*command, "--host", port.HOST, "--port", number), cwd=folder, env=service_environment()
    )
    try:
        with step(f"Starting it: {' '.join(command)} --port {number}"):
            wait_until_live(server, f"{address}/api/v1/health/live")
        print(
            f"\nThe service answers after {time.monotonic() - started:.1f} s: {address}/docs\n\n"
            f"    curl -i {address}/api/v1/health/ready\n\n"
            "Ctrl-C stops it.\n",
            flush=True,
        )
        return server.wait()
    except KeyboardInterrupt:
        # The terminal sent Ctrl-C to the server as well: it is finishing its requests.
        server.wait()
        return 0
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()


def demo(folder: Path, number: str) -> int:
    started = time.monotonic()
    if message := port.problem(number):
        raise DemoError(message)
    if holds_something(folder) and not is_ours(folder):
        raise DemoError(
            f"{folder} is there and was not made by make demo: "
            "choose another folder, as in: make demo DEMO_DIR=/tmp/demo"
        )
    edited = is_ours(folder) and is_edited(folder)
    if edited:
        print(f"==> Using {folder} with your changes; remove it to have it rendered afresh")
    else:
        with step(f"Rendering the default service into {folder}"):
            render(folder)
    with step("Installing it: uv sync"):
        run(folder, "uv", "sync")
    if not edited:
        record(folder)
    with step("Making its database: uv run alembic upgrade head"):
        run(folder, "uv", "run", "alembic", "upgrade", "head")
    return serve(folder, number, started)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return demo(Path(os.environ["DEMO_DIR"]).resolve(), os.environ["PORT"])
    except DemoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
