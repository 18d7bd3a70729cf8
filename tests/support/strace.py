"""The calls to the operating system with which a command changes files, as strace writes them; and faults in them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

WRITES = (
    *("write", "pwrite64", "writev", "pwritev", "sendfile", "copy_file_range", "truncate", "ftruncate", "fallocate"),
    *("fsync", "fdatasync", "sync_file_range", "flock"),
    *("open", "openat", "creat", "mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat"),
    *("rename", "renameat", "renameat2", "rmdir", "unlink", "unlinkat"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "utimensat"),
)
"""The calls that change files. Not every machine has each of them."""
READS = (
    *("open", "openat", "read", "pread64", "readv", "getdents", "getdents64", "readlink", "readlinkat"),
    *("access", "faccessat", "faccessat2", "stat", "lstat", "fstat", "newfstatat", "statx"),
)
"""The calls that read files, folders or what is known of them."""

KILL = "SIGKILL"
LASTING = " from then on"
FAULTS = (KILL, "ENOSPC", "EIO", "EACCES", "EIO" + LASTING)
READ_FAULTS = ("EIO", "EACCES")

_LINE = re.compile(r"(?P<process>\d+) +(?P<name>\w+)\((?P<arguments>.*)")
_RESULT = re.compile(r"\) += .*$| <unfinished \.\.\.>$")
_OPENED_TO_WRITE = re.compile(r"\bO_(?:CREAT|WRONLY|RDWR|TRUNC)\b")
_WORKING_FOLDER = re.compile(r"AT_FDCWD<[^>]*>")
_RELATIVE = re.compile(r'<(?P<folder>/[^>]*)>, "(?P<name>[^/"][^"]*)"')
_NUMBER_OF_FILE = re.compile(r"\b\d+(?=<)")
_DATA = re.compile(r', (?:""|[{\[]|0x).*$')
"""What is read or written: a failed call shows the address of the room for it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changes or reads something in a folder."""

    name: str
    number: int
    """1 for the first call of this name of the process, whatever it touches."""
    text: str
    """Its arguments, with paths as from the folder."""
    may_last: bool
    """All later calls of this name touch the folder too."""

    @property
    def only_reads(self) -> bool:
        """Whether it is one of `READS` and opens nothing that may be written."""
        return self.name in READS and not _OPENED_TO_WRITE.search(self.text)


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault in one call."""

    call: Call
    fault: str

    @property
    def option(self) -> str:
        """Return the expression with which strace injects it."""
        kind = "signal" if self.fault == KILL else "error"
        fault, *lasting = self.fault.split(" ", 1)
        return f"inject={self.call.name}:{kind}={fault}:when={self.call.number}{'+' if lasting else ''}"

    def __str__(self) -> str:
        """Return a line for the report."""
        return f"{self.fault} at {self.call.name} no. {self.call.number}: {self.call.text}"


def trace_option(names: Iterable[str]) -> str:
    """Return the expression that names calls to trace; those that this machine does not have are no mistake."""
    return "trace=" + ",".join(f"?{name}" for name in names)


def calls_in(trace: Path, folder: Path) -> list[Call]:
    """
    Return the calls of a trace that touch something in a folder, in their order.

    Raises:
        ValueError: a second process or thread makes such calls, which a number alone would not find again.

    """
    calls = list(_calls(trace, folder))
    if len({process for process, call, touches in calls if touches}) > 1:
        raise ValueError(f"{trace}: several processes or threads touch the folder")
    elsewhere = {call.name: call.number for _, call, touches in calls if not touches}
    return [
        Call(call.name, call.number, call.text, may_last=call.number > elsewhere.get(call.name, 0))
        for _, call, touches in calls
        if touches
    ]


def injections(calls: Iterable[Call], faults: Iterable[str] = FAULTS) -> Iterator[Injection]:
    """Yield each fault at each call; a lasting one only where it meets nothing but the folder."""
    for call in calls:
        for fault in faults:
            if not fault.endswith(LASTING) or call.may_last:
                yield Injection(call, fault)


def was_injected(trace: Path, folder: Path, wanted: Injection) -> bool:
    """Return whether a fault hit the very call that it was meant for."""
    found = [call for _, call, touches in _calls(trace, folder) if touches]
    expected = (wanted.call.name, wanted.call.number, wanted.call.text)
    if expected not in [(call.name, call.number, call.text) for call in found]:
        return False
    text = trace.read_text(encoding="utf-8", errors="replace")
    return "+++ killed by SIGKILL +++" in text if wanted.fault == KILL else "(INJECTED)" in text


def _calls(trace: Path, folder: Path) -> Iterator[tuple[str, Call, bool]]:
    """Yield each traced call with its process, and whether it touches the folder."""
    numbers: Counter[tuple[str, str]] = Counter()
    inside = re.compile(re.escape(str(folder)) + '[/>"]')
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if not (match := _LINE.match(line)):  # the rest of a call that was interrupted, a signal, an end
            continue
        process, name = match["process"], match["name"]
        numbers[process, name] += 1
        arguments = _RESULT.sub("", match["arguments"])
        paths = _WORKING_FOLDER.sub("", _RELATIVE.sub(r'"\g<folder>/\g<name>"', arguments))
        text = _DATA.sub("", _WORKING_FOLDER.sub(".", _NUMBER_OF_FILE.sub("", arguments)))
        text = text.replace(f"{folder}/", "").replace(str(folder), ".")
        call = Call(name, numbers[process, name], text, may_last=False)
        yield process, call, bool(inside.search(paths))
