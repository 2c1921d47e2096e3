#!/bin/sh
# Prints the path of a Python >= 3.11 that can make virtual environments.
#
# A name in PATH proves nothing (pyenv puts a shim there for every version it ever installed, and
# most of them refuse to run), so each candidate is run. PYTHON, when set, is the only candidate.
set -u

fail() {
    echo "error: $1" >&2
    exit 1
}

# Prints the interpreter itself, not the shim or the virtual environment it was started through.
run() {
    "$1" -c '
import sys
if sys.version_info < (3, 11):
    raise SystemExit(1)
print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null
}

no_venv=
try() {
    found=$(run "$1") || return 1
    if "$found" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$found"
        exit 0
    fi
    no_venv=${no_venv:-$found}
    return 1
}

if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON"
    [ -z "$no_venv" ] || fail "PYTHON=$PYTHON has no venv module: install it (Debian, Ubuntu: apt install python3-venv)."
    fail "PYTHON=$PYTHON is not a working Python 3.11 or newer: correct it, or unset it to have one found."
fi

IFS=:
names='python3:python:python3.14:python3.13:python3.12:python3.11'
for name in $names; do
    for folder in $PATH; do
        [ ! -x "$folder/$name" ] || try "$folder/$name"
    done
done
# pyenv's own versions, when all its shims refuse. Its root is the folder that holds the shims.
for folder in $PATH "${PYENV_ROOT:-${HOME:-}/.pyenv}/shims"; do
    for candidate in "${folder%/shims}"/versions/*/bin/python3; do
        [ ! -x "$candidate" ] || try "$candidate"
    done
done

[ -z "$no_venv" ] || fail "$no_venv has no venv module: install it (Debian, Ubuntu: apt install python3-venv), or name another Python with PYTHON=/path/to/python3."
fail "no working Python 3.11 or newer found: install one, or name it with PYTHON=/path/to/python3."
