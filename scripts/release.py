"""`make release v=1.2.0`: checks, changelog, version, tag, and the record in releases.toml."""

import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

CHANGELOG = Path("CHANGELOG.md")
PROJECT = Path("pyproject.toml")
RELEASES = Path("releases.toml")

UNRELEASED = "## [Unreleased]\n"


def main() -> None:
    """Release what is here as the version in the first argument."""
    version = sys.argv[1] if len(sys.argv) > 1 else ""
    problem = refusal(version)
    if problem:
        sys.exit(f"error: {problem}")
    if subprocess.run(["make", "test"], check=False).returncode:
        sys.exit("error: make test failed, so nothing is released.")
    write_version(version)
    git("commit", "--all", "--message", f"chore: release {version}")
    git("tag", "--annotate", f"v{version}", "--message", f"Release {version}")
    record(version, git("rev-parse", "HEAD").strip())
    git("commit", "--all", "--message", f"chore: record release {version}")
    print(f"Released {version}. Publish it: git push --follow-tags")


def refusal(version: str) -> str | None:
    """Why this version cannot be released, and what to do."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return "say which version: make release v=1.2.0"
    newest = max(map(numbers, tomllib.loads(RELEASES.read_text())), default=(0, 0, 0))
    if numbers(version) <= newest:
        return f"{version} is no newer than the last release: count up from {newest}."
    if git("status", "--porcelain"):
        return "commit or stash your changes first: git status shows them."
    if git("branch", "--show-current").strip() != "main":
        return "a release is made on main: git switch main."
    if not unreleased().strip():
        return f"{CHANGELOG} says nothing under [Unreleased]: write what changed."
    return None


def numbers(version: str) -> tuple[int, ...]:
    """What versions are compared by."""
    return tuple(map(int, version.split(".")))


def unreleased() -> str:
    """What the changelog says of this release."""
    _, _, rest = CHANGELOG.read_text().partition(UNRELEASED)
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def write_version(version: str) -> None:
    """Put the version and today's date where they belong."""
    heading = f"{UNRELEASED}\n## [{version}] - {datetime.now(UTC):%Y-%m-%d}\n"
    CHANGELOG.write_text(CHANGELOG.read_text().replace(UNRELEASED, heading, 1))
    line = re.compile(r'^version = ".*"$', re.MULTILINE)
    PROJECT.write_text(line.sub(f'version = "{version}"', PROJECT.read_text(), count=1))


def record(version: str, commit: str) -> None:
    """Add the release to the list that the tests update services from."""
    with RELEASES.open("a") as file:
        file.write(f'"{version}" = "{commit}"\n')


def git(*arguments: str) -> str:
    """What git prints; its own error ends the release."""
    done = subprocess.run(["git", *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: git {' '.join(arguments)} failed.")
    return done.stdout


if __name__ == "__main__":
    main()
