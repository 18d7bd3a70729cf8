"""
Read the set that others publish until it is stopped: the witness of the torture tests.

    python -m tests.support.read_forever OUTPUT path|folder exchange|renaming

Ends with an error as soon as it sees what must never be seen; at the end of stdin says how many sets it saw whole, and
how often there was none or an opened folder was on its way out.
"""

import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.publish_forever import FILES, generation_of


def linger() -> None:
    """Give a swap the time to happen."""
    time.sleep(random.choice((0, 0, 0.001, 0.003)))  # noqa: S311  (a pause, no secret)


class Reader:
    """Counts what it sees; the generations that it sees never go back."""

    def __init__(self, output: Path, strategy: str) -> None:
        self.output = output
        self.strategy = strategy
        self.whole = 0
        self.gone = 0
        self.newest = -1

    def advance(self, generation: int) -> None:
        if generation < self.newest:
            sys.exit(f"generation {generation} after {self.newest}")
        self.newest = generation

    def by_path(self) -> None:
        """Each file is whole and not older than any seen before; it is there, but for an instant of renaming."""
        for name in FILES:
            try:
                with (self.output / name).open("rb") as file:
                    data = file.read()
                    linger()  # on Windows no one removes or replaces the file meanwhile
            except (FileNotFoundError, PermissionError):  # Windows refuses a file that is on its way out
                if self.strategy == "exchange":
                    sys.exit(f"{name}: not there")
                self.gone += 1
                return
            self.advance(generation_of(name, data))
        self.whole += 1

    def by_folder(self) -> None:
        """All files of an opened folder are of one generation; none is missing unless the folder has been replaced."""
        try:
            folder = os.open(self.output, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            if self.strategy == "exchange":
                sys.exit("no folder")
            self.gone += 1
            return
        try:
            seen = list(self._generations(folder))
            if len(set(seen)) > 1:
                sys.exit(f"mixed generations in an open folder: {seen}")
            if len(seen) < len(FILES):
                self._is_replaced(folder)
                self.gone += 1
                return
            self.advance(seen[0])
            self.whole += 1
        finally:
            os.close(folder)

    def _generations(self, folder: int) -> Iterator[int]:
        for name in os.listdir(folder):
            try:
                file = os.open(name, os.O_RDONLY, dir_fd=folder)
            except FileNotFoundError:
                continue
            with open(file, "rb") as opened:  # noqa: PTH123 - a descriptor
                yield generation_of(name, opened.read())
            linger()

    def _is_replaced(self, folder: int) -> None:
        """What is missing in an open folder is missing in none that is published."""
        try:
            now = self.output.stat()
        except FileNotFoundError:
            return
        if os.path.samestat(now, os.fstat(folder)):
            sys.exit("files are missing in the published folder")


def main(output: Path, way: str, strategy: str) -> None:
    reader = Reader(output, strategy)
    asked = threading.Thread(target=sys.stdin.read, daemon=True)
    asked.start()
    os.write(1, b"ready\n")
    read = {"path": reader.by_path, "folder": reader.by_folder}[way]
    while asked.is_alive():
        read()
    os.write(1, b"%d %d\n" % (reader.whole, reader.gone))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
