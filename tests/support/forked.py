"""
Run the real command line in forked processes: each is a process of its own, with everything imported already.

A fault at every call means hundreds of runs; so a run takes 0.1 s instead of 0.8 s. Fork from a process without
threads only: a worker of `workers`.
"""

import codecs
import ctypes
import importlib
import multiprocessing
import os
import pkgutil
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

from tests.support.runs import Ran

if sys.platform != "win32":
    import fcntl
    import resource

SECONDS = 30
"""No run takes this long unless it hangs."""
HUNG = 124
"""The code of a process that had to be ended after `SECONDS`, as `timeout` of the shell has it."""
NO_ONE = 65534
"""The account without rights."""

_ROOM = 1 << 20
_ALLOW_TRACER = 0x59616D61  # PR_SET_PTRACER of prctl(2); the kernel's Yama allows only a parent otherwise


@contextmanager
def workers(number: int | None = None) -> Iterator[Executor]:
    """Start processes that run tasks and may fork; as many as there are processors."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(number or os.cpu_count(), context, initializer=_import_everything) as executor:
        yield executor


def forked(
    *arguments: str | Path,
    folder: Path,
    strace: Sequence[str] = (),
    limits: Mapping[int, int] | None = None,
    user: int | None = None,
) -> Ran:
    """Run a command line in a folder: under strace with these options, with limits of `resource`, as another user."""
    with _pipe() as (start, go), _pipe() as (read_out, out), _pipe() as (read_err, err):
        child = os.fork()
        if not child:
            go.close()
            _become([*map(str, arguments)], folder, start, (out, err), limits or {}, user)
        with _traced(child, strace):
            go.close()
            code = _wait(child)
        out.close()
        err.close()
        return Ran(exit_code=code, out=read_out.read().decode("utf-8"), err=read_err.read().decode("utf-8"))


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Open a pipe with room for all that a command prints: no file, for a limit on files would be met by that too."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _ROOM)
    with os.fdopen(reader, "rb") as read, os.fdopen(writer, "wb") as write:
        yield read, write


def _become(
    arguments: Sequence[str],
    folder: Path,
    start: IO[bytes],
    streams: tuple[IO[bytes], IO[bytes]],
    limits: Mapping[int, int],
    user: int | None,
) -> NoReturn:
    """Be `python -m sdssync` from now on."""
    try:
        ctypes.CDLL(None).prctl(_ALLOW_TRACER, ctypes.c_ulong(-1), 0, 0, 0)
        select.select([start], [], [])  # until the other end is closed; reads are counted, this is not
        from sdssync.__main__ import run  # noqa: PLC0415  (imported before, in a worker)

        for number, stream in enumerate(streams, 1):
            os.dup2(stream.fileno(), number)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
        os.chdir(folder)
        sys.argv = ["sdssync", *arguments]
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        for kind, limit in limits.items():
            resource.setrlimit(kind, (limit, limit))
        run()
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        os._exit(99)


@contextmanager
def _traced(process: int, options: Sequence[str]) -> Iterator[None]:
    """Let strace attach to a process, and end when that ends; without options do nothing."""
    if not options:
        yield
        return
    line = ["strace", "-f", "-y", "-s", "0", "-p", str(process), *options]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        attached = tracer.stderr.readline()
        if not attached.endswith("attached\n"):
            os.kill(process, signal.SIGKILL)
            raise RuntimeError(f"strace cannot attach: {attached}{tracer.stderr.read()}")
        yield


def _wait(process: int) -> int:
    """Return the exit code of a child, or less the number of the signal that ended it."""
    watched = os.pidfd_open(process)
    try:
        ended, _, _ = select.select([watched], [], [], SECONDS)
        if not ended:
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    finally:
        os.close(watched)
    return os.waitstatus_to_exitcode(status) if ended else HUNG


def _import_everything() -> None:
    """Import what a command would import: the command line first, as `python -m sdssync` does, then the rest."""
    import sdssync  # noqa: PLC0415

    importlib.import_module("sdssync.cli.commands")
    for module in pkgutil.walk_packages(sdssync.__path__, "sdssync."):
        importlib.import_module(module.name)
    for encoding in ("utf-8-sig", "utf-16"):  # another user may not be able to read the installation of Python
        codecs.lookup(encoding)
