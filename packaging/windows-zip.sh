#!/usr/bin/env bash
# Builds dist/sdssync-VERSION-windows.zip with the CPython for Windows that runs under Wine, and tries what is in it.
#
#   packaging/windows-zip.sh
#
# Everything but the zip is in the folder of tests/windows/setup.sh. Where that cannot work, this ends with 75 and one
# line on stderr that says why. On Windows itself packaging/build.py is all that is needed: docs/windows.md.
set -euo pipefail
cd "$(dirname "$0")/.."
export SDSSYNC_WINDOWS=${SDSSYNC_WINDOWS:-$HOME/.cache/sdssync-windows}
python=$SDSSYNC_WINDOWS/python3.11
packages=$SDSSYNC_WINDOWS/prefix/drive_c/Python311/Lib/site-packages

tests/windows/setup.sh 3.11
exec 9>"$SDSSYNC_WINDOWS/.run-lock"
flock 9  # a run of the tests ends every process of this Wine when it begins

# What PyInstaller needs on Windows only is named here: pip evaluates markers for Linux.
if [ ! -d "$packages/PyInstaller" ]; then
    echo "Windows: installing PyInstaller"
    "$SDSSYNC_WINDOWS/tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
        --only-binary=:all: --platform win_amd64 --python-version 3.11 --implementation cp --abi cp311 --abi none \
        --target "$packages" --constraint constraints.txt pyinstaller pefile pywin32-ctypes 2>"$SDSSYNC_WINDOWS/setup.log"
fi

rm -f dist/sdssync-*-windows.zip
"$python" -u packaging/build.py </dev/null 9>&-
"$python" -u packaging/trial.py dist/sdssync-*-windows.zip </dev/null 9>&-
