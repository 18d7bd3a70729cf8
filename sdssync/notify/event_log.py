"""Write into the event log of Windows: log Application, source sdssync, the exit code as the id of the event."""

import sys

from sdssync.errors import ExitCode
from sdssync.notify.message import Fault, Message

_SOURCE = "sdssync"
_ERROR, _INFORMATION = 1, 4
"""EVENTLOG_ERROR_TYPE and EVENTLOG_INFORMATION_TYPE of ReportEventW."""
NO_EVENT_LOG = Fault("there is an event log on Windows only", "remove event_log from [notify]")
_LONGEST = 30_000
"""Characters; ReportEventW takes 31,839."""


def write_event(message: Message, seconds: float) -> Fault | None:
    """Write one event; that takes no time that could be limited."""
    del seconds
    if sys.platform != "win32":
        return NO_EVENT_LOG
    import ctypes  # noqa: PLC0415  (costs time that no other system has to spend)
    from ctypes import wintypes  # noqa: PLC0415

    system = ctypes.WinDLL("advapi32", use_last_error=True)
    system.RegisterEventSourceW.argtypes = (wintypes.LPCWSTR, wintypes.LPCWSTR)
    system.RegisterEventSourceW.restype = wintypes.HANDLE
    system.DeregisterEventSource.argtypes = (wintypes.HANDLE,)
    system.ReportEventW.argtypes = (
        wintypes.HANDLE,
        wintypes.WORD,
        wintypes.WORD,
        wintypes.DWORD,
        ctypes.c_void_p,
        wintypes.WORD,
        wintypes.DWORD,
        ctypes.POINTER(wintypes.LPCWSTR),
        ctypes.c_void_p,
    )
    source = system.RegisterEventSourceW(None, _SOURCE)
    if not source:
        return _refused(ctypes.get_last_error())
    try:
        kind = _INFORMATION if message.exit_code is ExitCode.DONE else _ERROR
        texts = (wintypes.LPCWSTR * 1)(f"{message.subject}\r\n\r\n{message.text}"[:_LONGEST])
        is_written = system.ReportEventW(source, kind, 0, int(message.exit_code), None, 1, 0, texts, None)
        return None if is_written else _refused(ctypes.get_last_error())
    finally:
        system.DeregisterEventSource(source)


def _refused(number: int) -> Fault:
    return Fault(
        f"Windows did not take the event (error {number})",
        "let the account of sdssync write into the event log, or remove event_log from [notify]",
    )
