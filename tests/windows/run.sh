#!/usr/bin/env bash
# Runs the tests on a CPython for Windows under Wine.
#
#   tests/windows/run.sh [3.11|3.13] [arguments of pytest]
#
# The checkout is copied to C:\sdssync, so nothing is written into it. Ends as pytest does, or with 75 and one line on
# stderr that says why there is no Windows here (setup.sh).
set -euo pipefail

version=3.11
case ${1:-} in 3.*) version=$1; shift ;; esac
here=$(cd "$(dirname "$0")" && pwd)
checkout=${here%/tests/windows}
export SDSSYNC_WINDOWS=${SDSSYNC_WINDOWS:-$HOME/.cache/sdssync-windows}
export WINEPREFIX=$SDSSYNC_WINDOWS/prefix WINEDEBUG=-all
drive=$WINEPREFIX/drive_c

"$here/setup.sh" "$version"
exec 9>"$SDSSYNC_WINDOWS/.run-lock"
flock -n 9 || { echo "Windows: waiting for another run to end"; flock 9; }  # each has the same folders

clean() {
    wineserver -k || true  # ends whatever a test left running
    rm -rf "$drive/sdssync" "$drive/tests"
}
trap clean EXIT
clean 2>/dev/null
mkdir -p "$drive/sdssync" "$drive/tests"
ignored=$(sed -E 's,/$,,; s,^/,./,' "$checkout/.gitignore")
tar -C "$checkout" --exclude-vcs --exclude-from=<(echo "$ignored") -cf - . | tar -C "$drive/sdssync" -xf -

cd "$drive/sdssync"
"$SDSSYNC_WINDOWS/python$version" -m pytest -q -n "$(nproc)" -p no:cacheprovider --basetemp 'C:\tests\temp' \
    -m "not torture and not soak" "$@" </dev/null 9>&-
