"""
What some tests need of the machine: one mark for each need, with the reason that the report of the tests gives.

Put the mark on the test, or on the case of a table that needs it. A test has a mark only because the means is not
there; where another system has other means to the same end, there is a case for each.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

LINUX = sys.platform == "linux"
WINDOWS = sys.platform == "win32"


def _need(there: bool, reason: str) -> pytest.MarkDecorator:
    """Make the mark of a need."""
    return pytest.mark.skipif(not there, reason=f"needs {reason}")


def _works(*line: str) -> bool:
    """Return whether a program is there and ends with 0."""
    return bool(shutil.which(line[0])) and not subprocess.run(line, capture_output=True, check=False).returncode


def _makes_links() -> bool:
    """Return whether this account can make a symbolic link; under Wine making one does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "link"
        try:
            link.symlink_to("nowhere")
        except OSError:
            return False
        return link.is_symlink()


def _in_a_folder(*lines: Sequence[str]) -> bool:
    """Return whether each line works when the path of a new folder is added to it."""
    with tempfile.TemporaryDirectory() as folder:
        return all(_works(*line, folder) for line in lines)


def _is_wine() -> bool:
    """Return whether this Windows is Wine, whose system library says so."""
    if sys.platform != "win32":
        return False
    import ctypes  # noqa: PLC0415  (the attribute below is there on Windows only)

    return hasattr(ctypes.windll.ntdll, "wine_get_version")


TRACES = LINUX and _works("strace", "-qq", "-e", "trace=none", "true")
IS_ROOT = sys.platform != "win32" and os.geteuid() == 0

_IS_WINE = _is_wine()

needs_windows = _need(WINDOWS, "Windows")
needs_case_renames = _need(not _IS_WINE, "renames that change case only, which Wine ignores")
needs_error_for_a_file_listed = _need(not _IS_WINE, "an error that says why a file cannot be listed; Wine has another")
needs_pty = _need(find_spec("termios") is not None, "a pseudo-terminal (pty, termios)")
needs_posix_signals = _need(not WINDOWS, "signals that a process can handle, as on POSIX")
needs_posix_shell = _need(Path("/bin/sh").exists(), "/bin/sh")
needs_fork = _need(LINUX, "processes that fork and are watched as on Linux")
needs_limits = _need(find_spec("resource") is not None, "limits and figures of a process (resource, wait4)")
needs_root = _need(IS_ROOT, "root, who can be two accounts")
needs_read_only_files = _need(not IS_ROOT, "an account that a read-only file stops, unlike root")
needs_modes = _need(not WINDOWS, "owners and modes of files as on POSIX")
needs_symlinks = _need(_makes_links(), "symbolic links, which this account or system does not make")
needs_fifo = _need(hasattr(os, "mkfifo"), "named pipes in folders")
needs_folder_descriptors = _need(os.open in os.supports_dir_fd, "descriptors of folders")
needs_any_file_name = _need(not WINDOWS, "file names that Windows refuses")
needs_posix_paths = _need(not WINDOWS, "paths as on POSIX: without drives, and / for the root")
needs_dev_full = _need(Path("/dev/full").exists(), "/dev/full, a disk that is always full")
needs_proc = _need(Path("/proc/self/mem").exists(), "/proc, which shows processes as files")
needs_chattr = _need(
    LINUX and IS_ROOT and _in_a_folder(["chattr", "+i"], ["chattr", "-i"]), "files that even root may not change"
)
needs_mounts = _need(
    LINUX and IS_ROOT and _in_a_folder(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs"], ["umount"]),
    "an account that may mount a disk",
)
needs_exchange = _need(LINUX or sys.platform == "darwin", "a system that exchanges two folders at one instant")
needs_flock = _need(find_spec("fcntl") is not None, "locks as on POSIX (fcntl)")
needs_strace = _need(TRACES, "strace that may trace processes")
needs_linux_texts = _need(LINUX, "the words that Linux has for its errors")
needs_removable_current_folder = _need(not WINDOWS, "a system that removes the current folder of a process")
needs_second_loopback_address = _need(LINUX, "127.0.0.2 as an address of this machine")
needs_trust_store_of_openssl = _need(not WINDOWS, "a trust store that SSL_CERT_FILE can name")
needs_systemd_analyze = _need(_works("systemd-analyze", "--version"), "systemd-analyze, which checks units")

CHROMIUM = Path("/usr/bin/chromium")
_PLAYWRIGHT = find_spec("playwright") is not None
needs_chromium = pytest.mark.skipif(
    not (CHROMIUM.exists() and _PLAYWRIGHT),
    reason="Playwright is for Linux only" if not _PLAYWRIGHT else "Chromium is not installed: apt-get install chromium",
)
