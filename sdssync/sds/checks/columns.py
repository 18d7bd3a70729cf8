"""
Check columns as the schema says: required values (R01, R18), lists (R04, R05, R10), forms (R09), references (R06, R07).

A column is judged by its distinct values, a block of rows at a time. Only if one of them offends are the rows searched
for the lines.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import filterfalse

from sdssync.sds.checks.collector import Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.checks.values import VALUE_RULES
from sdssync.sds.csv_file import Block, indexes_of
from sdssync.sds.data_types import lacks_leading_zero
from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import Column, Required

REMEMBERED = 1_000
"""Distinct clean values that a column remembers: enough for any list of values."""


class ColumnCheck:
    """Judges the values of one column of one file."""

    def __init__(self, state: FileState, column: Column, context: Context) -> None:
        self.column = column
        self.refers_within = column.data_type.refers_to == state.name
        """True if it refers to its own file: then all ids must be known first."""
        self._state = state
        self._context = context
        self._target = context.states.get(column.data_type.refers_to)
        self._rule = VALUE_RULES.get((state.name, column.name))
        self._clean: set[str] = set()
        self._is_clean = self._quick_test()

    @property
    def has_nothing_to_check(self) -> bool:
        """Return True if nothing could be wrong with a value."""
        return not (self._is_clean or self._target or self.column.data_type.is_restricted)

    def _quick_test(self) -> Callable[[str], object] | None:
        """Return the quick test that nearly all clean values pass, if this column has one; a blank never passes."""
        if self._rule:
            return self._rule.is_clean
        required = self.column.required
        is_needed = required.always or (required is Required.CREATING and self._context.creates_users)
        return str.strip if is_needed and not self.column.data_type.is_restricted and not self._target else None

    def take(self, block: Block, cells: Sequence[str]) -> None:
        """Judge the cells of a block."""
        offences = self._judge_all(set(cells))
        for index in indexes_of(offences, cells) if offences else ():
            for offence in offences[cells[index]]:
                self._context.note(offence, self._state, block.lines[index], block.row(index), self.column.name)

    def _judge_all(self, cells: set[str]) -> Mapping[str, tuple[Offence, ...]]:
        """Map each distinct cell that offends to its offences."""
        offences = {}
        for cell in self._suspects(cells):
            found = self._judge(cell)
            if found:
                offences[cell] = found
            elif len(self._clean) < REMEMBERED and not self._target:
                self._clean.add(cell)
        return offences

    def _suspects(self, cells: set[str]) -> set[str]:
        """Return the cells that need a closer look."""
        if self._target:
            suspects = cells.difference(self._target.known)
            return suspects | (cells & self._target.dropped) if self._target.dropped else suspects
        suspects = cells - self._clean
        return set(filterfalse(self._is_clean, suspects)) if self._is_clean else suspects

    def _judge(self, cell: str) -> tuple[Offence, ...]:
        """Judge one cell. If it has a line break, only that is reported, elsewhere."""
        if "\n" in cell or "\r" in cell:
            return ()
        parts = self.column.data_type.parts(cell)
        if not parts:
            return self._judge_blank()
        target = self._target
        found = [self._judge_reference(part, target) if target else self._judge_value(part) for part in parts]
        return tuple(dict.fromkeys(filter(None, found)))  # of several values with the same offence, one is enough

    def _judge_blank(self) -> tuple[Offence, ...]:
        if self.column.required.always:
            return (Offence("SDS201", Severity.ERROR, f"{self.column.name} is required and empty"),)
        if self.column.required is Required.CREATING and self._context.creates_users:
            return (Offence("SDS218", Severity.ERROR, f"{self.column.name} is empty, and SDS creates the users"),)
        return ()

    def _judge_reference(self, identifier: str, target: FileState) -> Offence | None:
        required = self.column.required.always
        code, severity = ("SDS206", Severity.ERROR) if required else ("SDS207", Severity.WARNING)
        if identifier in target.dropped:
            return Offence(code, severity, "", follows=True)
        if identifier in target.ids:
            return None
        if target.csv is None and not target.is_incomplete:
            target.referred_to.add(f"{self._state.name} {self.column.name}")
        if target.csv is None or target.is_incomplete or target.may_hide_ids:
            return Offence(code, Severity.ADVICE, "", follows=True)
        message = f"{self.column.name} is not a sourcedId of {target.name}"
        line = target.look_alike(identifier)
        if line is not None:
            message += f"; the one on line {line} there differs only in case or blanks"
        return Offence(code, severity, message)

    def _judge_value(self, value: str) -> Offence | None:
        data_type = self.column.data_type
        if self._rule:
            return self._judge_by_rule(value)
        if self.column.name == "grade" and lacks_leading_zero(value):
            severity = Severity.WARNING if self._context.format.name is SdsFormat.V2 else Severity.ADVICE
            return Offence("SDS210", severity, "the grade lacks its leading zero")
        if not data_type.accepts(value):
            code, severity = self._rejection()
            return Offence(code, severity, f"{self.column.name}: expected {data_type.wants}")
        if value.lower() in data_type.doubted:
            message = f"{self.column.name}: some lists have this value, the current one does not"
            return Offence("SDS204", Severity.WARNING, message)
        return None

    def _judge_by_rule(self, value: str) -> Offence | None:
        rule = self._rule
        reason = rule.fault(value) if rule else ""
        if not rule or not reason:
            return None
        return Offence(rule.code, rule.when_creating if self._context.creates_users else Severity.ADVICE, reason)

    def _rejection(self) -> tuple[str, Severity]:
        """Return the rule and severity for a value that its data type does not accept."""
        required = self.column.required
        if "Enum" not in self.column.data_type.name:
            return "SDS209", Severity.ERROR if required is Required.YES else Severity.WARNING
        if required is Required.YES:
            return "SDS204", Severity.ERROR
        return "SDS205", Severity.ERROR if self._context.format.name is SdsFormat.V2 else Severity.WARNING


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

    def take(self, block: Block) -> None:
        """Report the uneven rows of a block."""
        if self._has_misfit is None:
            self._has_misfit = not block.lines and len(block.uneven) > (0 if self._reported else 1)
        for line, row in block.uneven:
            message = f"the row has {len(row)} fields, the header has {len(block.columns)}"
            if self._has_misfit:
                message += "; so have all rows before it: check the header and the separators"
            offence = Offence("SDS107", Severity.FATAL, message, follows=self._has_misfit and self._reported)
            self._context.note(offence, self._state, line, row)
            self._reported = True
        if block.uneven:
            self._state.has_unread_rows = True
            self._state.may_hide_ids |= self._has_misfit or self._state.column_index.get("sourcedId", 0) > 0
