"""What the errors of the operating system mean for an output folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdssync.errors import OutputError, os_reason
from sdssync.files.hints import hint_for


@contextmanager
def writing(output: Path) -> Iterator[None]:
    """
    Translate the errors of a block that writes an output folder.

    Raises:
        OutputError: in place of any OSError of the block.

    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"output {output}: it cannot be written: {os_reason(error)}", hint_for(error)) from error


@contextmanager
def reading(output: Path) -> Iterator[None]:
    """
    Translate the errors of a block that reads an output folder.

    Raises:
        OutputError: in place of any OSError of the block.

    """
    try:
        yield
    except OSError as error:
        hint = hint_for(error) or "let the account of sdssync read and write there"
        raise OutputError(f"output {output}: it cannot be read: {os_reason(error)}", hint) from error
