"""A program with everything that it starts, so that all of it can be ended."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _SET_QUOTA_AND_TERMINATE = 0x0101
    """PROCESS_SET_QUOTA and PROCESS_TERMINATE: what Windows wants for a process that joins a job."""
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, wintypes.LPCWSTR)
    _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    _kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)


class ProcessTree:
    """
    The tree of a process that was started as the leader of its own session.

    On Windows it is a job, to which whatever the process starts belongs; it ends no process that is not ended here.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Take the process before it has had time to start another."""
        self.was_ended = False
        self._process = process
        if sys.platform == "win32":
            self._job = _kernel.CreateJobObjectW(None, None)
            handle = _kernel.OpenProcess(_SET_QUOTA_AND_TERMINATE, 0, process.pid)
            _kernel.AssignProcessToJobObject(self._job, handle)
            _kernel.CloseHandle(handle)

    def end(self) -> None:
        """End the process and all that it has started, at once."""
        self.was_ended = True
        if sys.platform == "win32":
            _kernel.TerminateJobObject(self._job, 1)
        else:
            with suppress(OSError):  # it has ended by now
                os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(OSError):
            self._process.kill()
