"""Whether a terminal understands the escape sequences of colours."""

import sys
from typing import TextIO


def shows_colours(stream: TextIO) -> bool:
    """Return True if a stream is a terminal with colours; a console of Windows is asked to understand them."""
    return stream.isatty() and (sys.platform != "win32" or _understands_escapes(stream))


if sys.platform == "win32":
    import ctypes
    import msvcrt

    _ENABLE_VIRTUAL_TERMINAL_PROCESSING = 0x0004  # "SetConsoleMode", learn.microsoft.com

    def _understands_escapes(stream: TextIO) -> bool:
        """Ask the console; one before Windows 10 version 1511 refuses, and would show the escape sequences."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        try:
            handle = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))
        except (OSError, ValueError):  # no console of the system
            return False
        mode = ctypes.c_ulong()
        if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(handle, mode.value | _ENABLE_VIRTUAL_TERMINAL_PROCESSING))
