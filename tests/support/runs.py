"""Run the real command in this process, and read what it printed and published."""

import csv
import io
import json
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdssync.cli.commands import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the JSON document on stdout."""
        return json.loads(self.out)

    def logs(self, *events: str) -> list[dict[str, Any]]:
        """Return the log lines on stderr; with events, only theirs."""
        return read_logs(self.err, *events)


def read_logs(text: str, *events: str) -> list[dict[str, Any]]:
    """Return the log lines of a text; with events, only theirs."""
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if not events or line["event"] in events]


def command(*arguments: str | Path) -> Ran:
    """Run a command line."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*map(str, arguments)])
    return Ran(exit_code=code, out=out.getvalue(), err=err.getvalue())


def rows(file: Path) -> list[list[str]]:
    """Read the data rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def joined(file: Path) -> "Counter[str]":
    """Count the rows of a CSV file, header too, fields joined by commas as the script joins them."""
    with file.open(encoding="utf-8", newline="") as stream:
        return Counter(map(",".join, csv.reader(stream)))


def toml(value: object) -> str:
    """Write a text, number, truth or list as a TOML value."""
    return json.dumps(value, ensure_ascii=False)
