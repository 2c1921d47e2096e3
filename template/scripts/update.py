"""`make update`: brings in the baseline's changes, and says what is left to do."""

import re
import subprocess
import sys
from pathlib import Path

from scripts.baseline import BaselineError, changed_files, copier, pristine, run

# It compares the models with the migrations, on a database of its own.
DUE = "tests/test_migrations.py::test_models_have_no_change_without_a_migration"


def main() -> int:
    """Run `copier update` with the arguments given here; return the exit code."""
    try:
        refuse_unsaved_work()
        with pristine() as before:
            edited = list(filter(Path.exists, changed_files(before)))
        subprocess.run([*copier(), "update", "--defaults", *sys.argv[1:]], check=True)
        tell_deleted(edited)
        refuse_conflicts()
        tell_migration()
    except BaselineError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print("The update failed; git diff says what it changed.", file=sys.stderr)
        return error.returncode
    print("Updated. Read it with git diff; then make check, and make doctor for .env.")
    return 0


def refuse_unsaved_work() -> None:
    """Raise when there is what the update could mix with its own changes."""
    if run("git", "status", "--porcelain"):
        message = "Commit or stash your changes first: git status shows them."
        raise BaselineError(message)


def tell_deleted(edited: list[Path]) -> None:
    """Name the files that are gone although somebody had changed them."""
    gone = [path for path in edited if not path.exists()]
    if gone:
        print(
            "Deleted, though you had changed them; git show HEAD:PATH has them still:"
        )
    for path in gone:
        print(f"  {path}")


def refuse_conflicts() -> None:
    """Raise when the update left conflict markers or rejected changes."""
    files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    left = sorted({name for name in files.split("\0") if _has_conflict(Path(name))})
    if left:
        lines = ["The update left conflicts, resolve them in:", *left]
        raise BaselineError("\n  ".join(lines))


def _has_conflict(path: Path) -> bool:
    if not path.is_file():
        return False
    is_marked = re.search(rb"^<{7} ", path.read_bytes(), re.MULTILINE) is not None
    return path.suffix == ".rej" or is_marked


def tell_migration() -> None:
    """Say when the models have a change without a migration."""
    if not run("git", "status", "--porcelain", "--", "app"):
        return
    run("uv", "sync", "--quiet")
    check = ["uv", "run", "--no-sync", "pytest", "--quiet", DUE]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    if "New upgrade operations detected" in done.stdout:
        print('A migration is due: make migration m="update", read it, make migrate.')
    elif done.returncode:
        print(f"Whether a migration is due cannot be told, for this fails: {DUE}")


if __name__ == "__main__":
    sys.exit(main())
