"""Start a program that gets the status on its standard input, and end it with all that it started if it takes long."""

import os
import shutil
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sdssync.errors import os_reason
from sdssync.files.paths import resolve
from sdssync.notify.message import Fault, Message
from sdssync.notify.process_tree import ProcessTree


def run_command(command: Sequence[str], folder: Path, message: Message, seconds: float) -> Fault | None:
    """Run a program in the folder of the settings; what it prints is dropped."""
    try:
        process = _started([_program(command[0], folder), *command[1:]], folder)
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "its name or an argument cannot be used"
        return Fault(
            f"the program that notify.command names cannot be started: {reason}",
            "write its full path, and let the account of sdssync start it",
        )
    tree = ProcessTree(process)
    # a time-out of `communicate` would not do: on Windows it waits for ever for a program that does not read
    timer = threading.Timer(seconds, tree.end)
    timer.daemon = True
    timer.start()
    with process, suppress(OSError):  # it may end without reading; how it ended says more
        process.communicate(message.status.encode())
    timer.cancel()
    if tree.was_ended:
        return Fault(
            f"the program that notify.command names ran longer than {seconds:g} seconds and was ended",
            "let it start what takes longer, and end",
        )
    if process.returncode:
        return Fault(
            f"the program that notify.command names ended with {process.returncode}",
            "start it by hand, with the result of `sdssync status --format json` as its input",
        )
    return None


def is_startable(name: str, folder: Path) -> bool:
    """Return True if there is a program of this name that the account may start."""
    return shutil.which(_program(name, folder)) is not None


def _program(name: str, folder: Path) -> str:
    """Return the program to start: a path counts from the folder of the settings, a bare name may be in PATH."""
    path = resolve(folder, name)
    is_bare = not {"/", "\\"} & set(name)
    return (shutil.which(name) or name) if is_bare and not os.path.isfile(path) else str(path)  # noqa: PTH113  (raises nothing)


def _started(line: Sequence[str], folder: Path) -> "subprocess.Popen[bytes]":
    """
    Start a program without a window, on POSIX in a group of its own, so that it can be ended with all that it started.

    Raises:
        OSError: it cannot be started.
        ValueError: the line has a character that no command line may have.

    """
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows only
    return subprocess.Popen(  # noqa: S603  (the program is the one that the administrator named)
        line,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=flags,
    )
