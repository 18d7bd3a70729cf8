#!/usr/bin/env bash
# Builds a CPython for Windows that runs under Wine, with everything that the tests of this checkout import.
#
#   tests/windows/setup.sh [3.11|3.13]
#
# The interpreter of python.org and its extension modules come out of a wheel (panda3d carries them), as does the
# Visual C++ runtime; the standard library is the text of a Linux Python of the same version. What is there already is
# kept: the second call takes a second. Everything is in one folder outside the checkout:
#
#   SDSSYNC_WINDOWS  that folder; ~/.cache/sdssync-windows by default
#     prefix/          drive C: of Wine, with C:\Python311 and C:\Python313
#     python3.11       runs the interpreter: python3.11 -m pytest ...
#
# Where this cannot work it ends with 75 and one line on stderr that says why.
set -euo pipefail

version=${1:-3.11}
case $version in 3.11 | 3.13) ;; *) echo "setup.sh: 3.11 or 3.13, not $version" >&2; exit 2 ;; esac
tag=${version/./}
here=$(cd "$(dirname "$0")" && pwd)
checkout=${here%/tests/windows}
cache=${SDSSYNC_WINDOWS:-$HOME/.cache/sdssync-windows}
log=$cache/setup.log
export WINEPREFIX=$cache/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml="
python=$WINEPREFIX/drive_c/Python$tag

say() { echo "Windows: $*"; }
leave_out() { echo "The tests on Windows are left out: $*" >&2; exit 75; }

need_wine() {
    if command -v wine x86_64-w64-mingw32-gcc unzip >/dev/null; then return; fi
    command -v apt-get >/dev/null || leave_out "Wine, MinGW or unzip is missing, and only Debian is known here"
    [ "$(id -u)" = 0 ] || leave_out "Wine, MinGW or unzip is missing, and only root can install it"
    say "installing Wine and MinGW"
    apt-get update -qq >"$log" 2>&1 || leave_out "apt-get update failed; see $log"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        wine wine64 gcc-mingw-w64-x86-64 unzip >"$log" 2>&1 || leave_out "apt-get cannot install Wine; see $log"
}

# Finds a Linux Python of the wanted version: its standard library is taken, and its pip.
need_linux_python() {
    local candidate
    for candidate in "python$version" "${PYTHON:-python3}" "$checkout/.venv/bin/python" \
        "$HOME"/.pyenv/versions/"$version".*/bin/python; do
        if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null; then
            linux_python=$candidate
            return
        fi
    done
    leave_out "there is no python$version on this machine; its standard library is needed"
}

pip() {
    if [ ! -x "$cache/tools/bin/pip" ]; then
        "$linux_python" -m venv --clear "$cache/tools" >"$log" 2>&1 || leave_out "python -m venv fails; see $log"
    fi
    "$cache/tools/bin/python" -m pip --disable-pip-version-check "$@" >"$log" 2>&1
}

windows_wheels=(--only-binary=:all: --platform win_amd64 --python-version "$version" --implementation cp
    --abi "cp$tag" --abi abi3 --abi none)

need_prefix() {
    if [ -f "$WINEPREFIX/.ready" ]; then return; fi
    say "making drive C:"
    rm -rf "$WINEPREFIX"
    wine wineboot --init </dev/null >"$log" 2>&1 || leave_out "Wine does not start; see $log"
    wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f </dev/null >"$log" 2>&1
    local prng=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
    [ -f "$prng" ] || x86_64-w64-mingw32-gcc -O2 -shared -static -o "$prng" "$here/bcryptprimitives.c" -ladvapi32
    touch "$WINEPREFIX/.ready"
}

need_python() {
    if [ -f "$python/.ready" ]; then return; fi
    local library wheels=$cache/wheels$tag
    library=$("$linux_python" -c "import sysconfig; print(sysconfig.get_path('stdlib'))")
    say "laying out C:\\Python$tag"
    rm -rf "$python" "$wheels"
    mkdir -p "$python/DLLs" "$python/Lib/site-packages"
    pip download --no-deps "${windows_wheels[@]}" --dest "$wheels" panda3d==1.10.16 msvc-runtime ||
        leave_out "the package index does not answer, or lacks panda3d; see $log"
    unzip -q -o -j "$wheels"/panda3d-*.whl 'deploy_libs/*' -d "$python/DLLs"
    unzip -q -o -j "$wheels"/msvc_runtime-*.whl '*/vcruntime140*.dll' '*/msvcp140*.dll' -d "$python"
    mv "$python/DLLs/python$tag.dll" "$python"
    tar -C "$library" --dereference --exclude=./site-packages --exclude=./dist-packages --exclude=./lib-dynload \
        --exclude=./sitecustomize.py --exclude=./test --exclude=./idlelib --exclude='./config-*' \
        --exclude='./_sysconfigdata*' --exclude=__pycache__ -cf - . |
        tar -C "$python/Lib" -xf -
    # Python 3.12 and newer: the WMI of Wine crashes, and CopyFile2 is not there and would end the process
    rm -f "$python/DLLs/_wmi.pyd"
    echo 'import _winapi; vars(_winapi).pop("CopyFile2", None)' >"$python/Lib/sitecustomize.py"
    x86_64-w64-mingw32-gcc -O2 -municode -static -DPYTHON_DLL="L\"python$tag.dll\"" -o "$python/python.exe" "$here/python.c"
    rm -rf "$wheels"
    touch "$python/.ready"
}

# An extension module that is for several versions of Python (cryptography has one) is linked with python3.dll, which
# passes each name on to the DLL of this version; the wheel does not carry it.
need_stable_abi() {
    if [ -f "$python/python3.dll" ]; then return; fi
    say "making python3.dll for Python $version"
    {
        echo EXPORTS
        x86_64-w64-mingw32-objdump -p "$python/python$tag.dll" |
            awk -v dll="python$tag" '/Ordinal\/Name Pointer/ { on = 1; next } !NF { on = 0 } on { print $NF "=" dll "." $NF }'
    } >"$cache/python3.def"
    x86_64-w64-mingw32-gcc -shared -nostdlib -Wl,--entry=0 -o "$python/python3.dll" "$cache/python3.def"
}

# Without an index there is no Windows; a package that has no wheel for Windows is a mistake of ours.
no_packages() {
    if grep -qE 'Connection|Max retries|Temporary failure|timed out' "$log"; then
        leave_out "the package index cannot be reached; see $log"
    fi
    cat "$log" >&2
    exit 1
}

# The names are those of pyproject.toml without tools that look at code only; markers are evaluated for Linux, so what
# only Windows needs is named here.
need_packages() {
    local wanted
    wanted=$(cat "$checkout/constraints.txt" "$checkout/pyproject.toml" | sha256sum)
    if [ "$(cat "$python/.packages" 2>/dev/null)" = "$wanted" ]; then return; fi
    say "installing the packages for Python $version"
    rm -rf "$python/Lib/site-packages"
    "$cache/tools/bin/python" - "$checkout/pyproject.toml" >"$cache/packages.txt" <<'PY'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    project = tomllib.load(file)
wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
print(*(line for line in wanted if not line.startswith(("ruff", "mypy", "types-", "lxml-stubs"))), sep="\n")
print("colorama", "tzdata", sep="\n")
PY
    pip install --no-compile "${windows_wheels[@]}" --target "$python/Lib/site-packages" \
        --constraint "$checkout/constraints.txt" --requirement "$cache/packages.txt" || no_packages
    echo 'C:\sdssync' >"$python/Lib/site-packages/checkout.pth"
    echo "$wanted" >"$python/.packages"
}

# Output goes through pipes: an output that is a plain file of Linux makes Python end with "WinError 6" under Wine. The
# environment is an empty one: what a Linux machine has in it means nothing on Windows. Only the locale counts: without
# it Wine cannot make a file whose name is not ASCII.
write_launcher() {
    cat >"$cache/python$version" <<SH
#!/usr/bin/env bash
set -o pipefail
wine() {
    env -i PATH="\$PATH" HOME="\$HOME" LC_ALL=C.UTF-8 PYTHONIOENCODING=utf-8 PYTHONDONTWRITEBYTECODE=1 \\
        WINEPREFIX="$WINEPREFIX" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=" wine "\$@"
}
wine wineboot </dev/null >/dev/null 2>&1  # services of Wine would hold the pipes of whatever starts them
{ wine 'C:\\Python$tag\\python.exe' "\$@" 2>&1 >&3 3>&- | sed -u 's/\\r\$//' >&2; } 3>&1 | sed -u 's/\\r\$//'
SH
    chmod +x "$cache/python$version"
}

mkdir -p "$cache"
exec 9>"$cache/.setup-lock"
flock 9
need_linux_python
need_wine
need_prefix 9>&-
need_python
need_stable_abi
need_packages
write_launcher
