#!/bin/sh
# Makes sure of the system's packages for one purpose: python, demo or test.
# Installs them by apt-get where this user may; else says what to type and ends with 4.
set -eu

purpose=${1:?usage: system_packages.sh python|demo|test [interpreter]}
wanted=""

need() { # need PROGRAM PACKAGE
    command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"
}

case "$purpose" in
python)
    interpreter=${2:-}
    if [ -z "$interpreter" ]; then
        echo "p2a needs Python 3.11 or newer, and found none on the PATH." >&2
        echo "  next: install it, or name it: make demo PYTHON=/path/to/python3.11" >&2
        exit 4
    fi
    "$interpreter" -c 'import ensurepip, venv' 2>/dev/null || wanted="python3-venv"
    ;;
demo)
    need bwrap bubblewrap
    need git git
    need prlimit util-linux
    ;;
test)
    need bwrap bubblewrap
    need git git
    need prlimit util-linux
    need redis-server redis-server
    need chromium chromium
    need node nodejs
    need npm npm
    ;;
*)
    echo "system_packages.sh: unknown purpose: $purpose" >&2
    exit 2
    ;;
esac

[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "p2a needs:$wanted" >&2
    echo "  next: install them with this system's package manager, then repeat the command" >&2
    exit 4
fi
run=""
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        run="sudo"
    else
        echo "p2a needs system packages that this user may not install:$wanted" >&2
        echo "  next: sudo apt-get install -y$wanted" >&2
        exit 4
    fi
fi
echo "Installing system packages:$wanted ..."
$run apt-get update -qq
# shellcheck disable=SC2086 (a list of words)
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
