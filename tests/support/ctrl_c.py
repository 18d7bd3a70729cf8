"""
Press Ctrl-C on a console of Windows: this program has one of its own, and the command that it starts shares it.

    python ctrl_c.py COMMAND [ARGUMENT ...]

Each line on stdin is one Ctrl-C. Ends as the command does, whose output is that of this program.
"""

import ctypes
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Start the command, then press Ctrl-C as asked until the command ends."""
    if sys.platform != "win32":
        raise NotImplementedError
    kernel = ctypes.windll.kernel32
    kernel.SetConsoleCtrlHandler(None, False)  # what is ignored here would be ignored there
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def press() -> None:
        for _ in sys.stdin:
            kernel.SetConsoleCtrlHandler(None, True)
            kernel.GenerateConsoleCtrlEvent(0, 0)

    threading.Thread(target=press, daemon=True).start()
    return running.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
