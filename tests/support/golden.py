"""Compares a text with the file that holds what it should be; with SDSSYNC_GOLDEN=write the file is written instead."""

import os
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def assert_golden(name: str, text: str) -> None:
    """Compare a text, byte for byte, with a file of `fixtures`."""
    file = FIXTURES / name
    if os.environ.get("SDSSYNC_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8", newline="")
    assert text == file.read_bytes().decode("utf-8")
