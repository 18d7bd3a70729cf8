"""Check the shape of rows: values with a line break (F06), too many or too few fields (F07), no value at all (R01)."""

from collections.abc import Sequence

from sdssync.sds.checks.collector import Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.csv_file import Block
from sdssync.sds.data_types import is_blank
from sdssync.sds.findings import Severity


class EmptyRowCheck:
    """
    Report rows without any value, and leave them out: nothing else needs to be said about them.

    Only rows without a value in a required column are looked at, so that a clean file costs next to nothing.
    """

    def __init__(self, state: FileState, context: Context) -> None:
        self._state = state
        self._context = context
        required = [column.name for column in state.spec.columns if column.required.always]
        self._index = next((state.column_index[name] for name in required if name in state.column_index), 0)

    def leave_out(self, block: Block) -> Block:
        """Return the block without its empty rows."""
        uneven = [(line, row) for line, row in block.uneven if not _is_empty(row)]
        if len(uneven) < len(block.uneven):
            kept = {line for line, _ in uneven}
            self._report([line for line, _ in block.uneven if line not in kept])
        if all(map(str.strip, block.columns[self._index])):
            return Block(block.columns, block.lines, uneven, block.has_line_breaks)
        rows = list(block.rows())
        filled = [(line, row) for line, row in rows if not _is_empty(row)]
        self._report([line for line, row in rows if _is_empty(row)])
        columns: Sequence[Sequence[str]] = list(zip(*(row for _, row in filled), strict=True))
        return Block(columns or [()] * len(block.columns), [line for line, _ in filled], uneven, block.has_line_breaks)

    def _report(self, lines: Sequence[int]) -> None:
        offence = Offence("SDS201", Severity.ERROR, "the row is empty", fix="Remove the empty row: it holds no record")
        for line in lines:
            self._context.note(offence, self._state, line, ())


def _is_empty(row: Sequence[str]) -> bool:
    """Return True if a row has no value; a line break is one, and has a finding of its own."""
    return all(is_blank(cell) and "\n" not in cell and "\r" not in cell for cell in row)


def line_breaks(state: FileState, block: Block, context: Context) -> None:
    """Report values with a line break in them (F06)."""
    offence = Offence("SDS106", Severity.ERROR, "the value holds a line break")
    columns = {index: name for name, index in state.column_index.items()}
    for line, row in block.rows():
        for index, cell in enumerate(row):
            if "\n" in cell or "\r" in cell:
                context.note(offence, state, line, row, columns.get(index))


class WidthCheck:
    """
    Report rows with more or fewer fields than the header (F07).

    If no row of the first block fits, the header or the separator is wrong: that is reported once.
    """

    def __init__(self, state: FileState, context: Context) -> None:
        self._state = state
        self._context = context
        self._has_misfit: bool | None = None
        self._reported = state.has_wrong_header
        self._unended = state.csv.survey.unended_line if state.csv else None

    def take(self, block: Block) -> None:
        """Report the uneven rows of a block."""
        if self._has_misfit is None:
            self._has_misfit = not block.lines and len(block.uneven) > (0 if self._reported else 1)
        for line, row in block.uneven:
            self._context.note(self._judge(line, len(row), len(block.columns)), self._state, line, row)
            self._reported = True
        if block.uneven:
            self._state.has_unread_rows = True
            self._state.may_hide_ids |= self._has_misfit or self._state.column_index.get("sourcedId", 0) > 0

    def _judge(self, line: int, fields: int, expected: int) -> Offence:
        """Return what is wrong with a row of so many fields."""
        message = f"the row has {fields} {'field' if fields == 1 else 'fields'}, the header has {expected}"
        if line == self._unended and fields < expected:
            message += "; it is the last line and has no line end: the file is truncated"
            return Offence("SDS107", Severity.FATAL, message, fix="Export or copy the file again, to its end")
        if self._has_misfit:
            message += "; so have all rows before it: check the header and the separators"
        return Offence("SDS107", Severity.FATAL, message, follows=bool(self._has_misfit) and self._reported)
