"""`make doctor`: how the service stands to its baseline, and whether its settings fit."""

import json
import re
import subprocess
import sys
from pathlib import Path

from scripts.baseline import (
    BaselineError,
    adds_yours_only,
    changed_files,
    copier,
    pristine,
    run,
)


def main() -> int:
    """Report; return 1 when the service would not start with these settings."""
    try:
        tell_distance()
        tell_changes()
        return tell_settings()
    except BaselineError as error:
        print(error, file=sys.stderr)
        return 1


def tell_distance() -> None:
    """Say how far the service is behind the newest release."""
    answer = run(*copier(), "check-update", "--output-format", "json")
    release = json.loads(answer)
    current, latest = release["current_version"], release["latest_version"]
    if release["update_available"]:
        print(f"Baseline: {current}, and {latest} is out: make update.")
    else:
        print(f"Baseline: {current}, the newest.")


def tell_changes() -> None:
    """Name the files of the baseline that somebody changed or deleted."""
    with pristine() as before:
        changed = [
            path
            for path in changed_files(before)
            if not adds_yours_only(before / path, path)
        ]
    print(f"Files of the baseline changed by hand: {len(changed) or 'none'}.")
    for path in changed:
        print(f"  {path}{'' if path.exists() else ' (deleted)'}")


def tell_settings() -> int:
    """Say which variables are missing, unknown or invalid; return 1 if any is."""
    missing = sorted(_names(".env.example", "change-me") - _names(".env"))
    for name in missing:
        print(f"{name}: not in .env; .env.example shows it.")
    check = ["uv", "run", "--quiet", "python", "-m", "app", "check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    print((done.stdout + done.stderr).strip())
    return 1 if done.returncode or missing else 0


def _names(file: str, value: str = "") -> set[str]:
    path = Path(file)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return set(re.findall(rf"^(\w+)=.*{value}", text, re.MULTILINE))


if __name__ == "__main__":
    sys.exit(main())
