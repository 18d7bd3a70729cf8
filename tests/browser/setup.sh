#!/usr/bin/env bash
# Installs the browser of the tests in this folder: Chromium of Debian. What is there already is kept.
#
# Where this cannot work it ends with 75 and one line on stderr that says why; the tests are then skipped.
set -euo pipefail

leave_out() { echo "The tests in a browser are left out: $*" >&2; exit 75; }

if command -v chromium >/dev/null; then exit 0; fi
command -v apt-get >/dev/null || leave_out "Chromium is missing, and only Debian is known here"
[ "$(id -u)" = 0 ] || leave_out "Chromium is missing, and only root can install it"
echo "Browser: installing Chromium"
log=$(mktemp)
apt-get update -qq >"$log" 2>&1 || leave_out "apt-get update failed: $(tail -n 1 "$log")"
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >"$log" 2>&1 ||
    leave_out "apt-get cannot install Chromium: $(tail -n 1 "$log")"
rm "$log"
