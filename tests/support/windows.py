"""What Windows has in place of permissions, signals and shells: held files, consoles, processes without streams."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_void_p, c_wchar_p
from pathlib import Path

NOTHING, READ, WRITE, DELETE = 0, 1, 2, 4
"""What another program may do with a file that is held: FILE_SHARE_READ, _WRITE, _DELETE of CreateFileW."""
STREAMS = ("hStdInput", "hStdOutput", "hStdError")

_GENERIC_READ = 0x80000000
_OPEN_EXISTING = 3
_FOLDERS_TOO = 0x02000000  # FILE_FLAG_BACKUP_SEMANTICS
_CTRL_C = Path(__file__).with_name("ctrl_c.py")


@contextmanager
def held(path: Path, shared: int = NOTHING) -> Iterator[None]:
    """Have a file or folder open, as a virus scanner, a backup or an editor may have it."""
    if sys.platform != "win32":
        raise NotImplementedError
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = c_void_p
    arguments = (_GENERIC_READ, shared, None, _OPEN_EXISTING, _FOLDERS_TOO, None)
    handle = kernel.CreateFileW(c_wchar_p(str(path)), *arguments)
    if handle == c_void_p(-1).value:
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        yield
    finally:
        kernel.CloseHandle(c_void_p(handle))


def run_without(closed: tuple[str, ...], *arguments: str, folder: Path) -> int:
    """Run a command line without some of its `STREAMS`, as a service may; the others lead to NUL. Return its code."""
    if sys.platform != "win32":
        raise NotImplementedError
    import msvcrt  # noqa: PLC0415  (only Windows has it)

    start = subprocess.STARTUPINFO(dwFlags=subprocess.STARTF_USESTDHANDLES)
    with open(os.devnull, "r+b", buffering=0) as nothing:  # noqa: PTH123  (a device)
        os.set_inheritable(nothing.fileno(), True)
        for name in set(STREAMS) - set(closed):
            setattr(start, name, msvcrt.get_osfhandle(nothing.fileno()))
        line = [sys.executable, "-m", "sdssync", *arguments]
        with subprocess.Popen(line, cwd=folder, startupinfo=start, close_fds=False) as running:
            return running.wait()


@contextmanager
def on_console(*arguments: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a command line on a console of its own; a line on stdin of the process is a Ctrl-C there."""
    if sys.platform != "win32":
        raise NotImplementedError
    line = [sys.executable, str(_CTRL_C), sys.executable, "-m", "sdssync", *arguments]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(line, cwd=folder, creationflags=subprocess.CREATE_NO_WINDOW, **pipes) as running:
        try:
            yield running
        finally:
            running.kill()


def press_ctrl_c(running: "subprocess.Popen[bytes]") -> None:
    """Press Ctrl-C on the console of a process."""
    assert running.stdin
    running.stdin.write(b"\n")
    running.stdin.flush()
