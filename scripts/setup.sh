#!/bin/sh
# Makes .venv with the tools pinned in requirements.txt, unless it is there and up to date.
#
# The copy of requirements.txt inside .venv is written last: without it the environment counts as
# unfinished and is made again.
set -u
cd "$(dirname "$0")/.." || exit 1

needed_mb=500
log=.venv/setup.log

fail() {
    echo "error: $1" >&2
    exit 1
}

up_to_date() {
    cmp -s requirements.txt .venv/requirements.txt && .venv/bin/python -c '' 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] && return 0
    # Another interpreter was asked for than the one .venv was made with.
    [ "$("$PYTHON" -c 'import sys; print(sys.base_prefix)' 2>/dev/null)" = \
        "$(.venv/bin/python -c 'import sys; print(sys.base_prefix)')" ]
}

# Runs pip with its output shown and kept: what it says tells one failure from another.
install() {
    { .venv/bin/python -m pip install --no-input --disable-pip-version-check \
        --requirement requirements.txt 2>&1 || touch .venv/failed; } | tee "$log"
    [ ! -e .venv/failed ]
}

explain() {
    if grep -qi 'no space left' "$log"; then
        fail "the disk is full: make room for $needed_mb MB in $(pwd) and run make again."
    elif grep -qiE 'no matching distribution|connection|name resolution|proxy|SSLError' "$log"; then
        fail "the package index cannot be reached, or lacks a pinned file: check the network and pip's settings (pip config list) and run make again."
    fi
    fail "pip could not install requirements.txt: its last lines above say why."
}

up_to_date && exit 0

if [ -e .venv ] && [ ! -e .venv/pyvenv.cfg ]; then
    fail ".venv is there but is no virtual environment: move it away and run make again."
fi
python=$(sh scripts/find-python.sh) || exit 1
free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
if [ "${free_mb:-$needed_mb}" -lt "$needed_mb" ]; then
    fail "only $free_mb MB of disk are free in $(pwd): make room for $needed_mb MB and run make again."
fi

started=$(date +%s)
echo "==> Setting up .venv with $python"
rm -rf .venv
trap 'rm -rf .venv' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$python" -m venv .venv || fail "$python could not make .venv: its message is above."
install || explain

# The service's commands find uv here, and none of the template's other tools.
mkdir .venv/uv
ln -s ../bin/uv .venv/uv/uv
cp requirements.txt .venv/requirements.txt
trap - EXIT INT TERM
echo "==> Set up in $(($(date +%s) - started)) s"
