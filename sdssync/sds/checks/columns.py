"""
Check columns as the schema says: values, lists, forms and references (R01, R04 to R07, R09, R10, R18), and F16.

A column is judged by its distinct values, a block of rows at a time. Only if one of them offends are the rows searched
for the lines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import filterfalse

from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.checks.collector import Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.checks.mangled import is_mangled, mangled_among, may_be_one_of, values_of
from sdssync.sds.checks.values import VALUE_RULES
from sdssync.sds.csv_file import Block, indexes_of
from sdssync.sds.data_types import lacks_leading_zero
from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat
from sdssync.sds.near_values import NULL, difference, expectation, is_null
from sdssync.sds.schema import Column, Required

REMEMBERED = 1_000
"""Distinct clean values that a column remembers: enough for any list of values."""
SOURCED_ID = "sourcedId"
MANGLED = "is a long number that a spreadsheet has shortened"


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
        self._said: set[str] = set()
        """Codes of which one finding is enough, and which this column has."""
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
            for offence in map(self._once, offences[cells[index]]):
                self._context.note(offence, self._state, block.lines[index], block.row(index), self.column.name)

    def _once(self, offence: Offence) -> Offence:
        """Return an offence of which one finding is enough as a follow-up, unless it is the first."""
        if not offence.once:
            return offence
        is_first = offence.code not in self._said
        self._said.add(offence.code)
        return offence if is_first else replace(offence, follows=True)

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
        if not self._is_clean:
            return suspects
        mangled = mangled_among(suspects) if self.column.name == SOURCED_ID else set()
        return mangled.union(filterfalse(self._is_clean, suspects))

    def _judge(self, cell: str) -> tuple[Offence, ...]:
        """Judge one cell. If it has a line break, only that is reported, elsewhere."""
        if "\n" in cell or "\r" in cell:
            return ()
        target = self._target
        if is_mangled(cell) and self._context.collector.wants("SDS116"):
            if self.column.name == SOURCED_ID:
                return self._judge_mangled_id(cell)
            if target:
                return self._judge_mangled_reference(cell, target)
        parts = self.column.data_type.parts(cell)
        if not parts:
            return self._judge_blank()
        found = [self._judge_reference(part, target) if target else self._judge_value(part) for part in parts]
        return tuple(dict.fromkeys(filter(None, found)))  # of several values with the same offence, one is enough

    def _judge_blank(self) -> tuple[Offence, ...]:
        if self.column.required.always:
            return (Offence("SDS201", Severity.ERROR, f"{self.column.name} is required and empty"),)
        if self.column.required is Required.CREATING and self._context.creates_users:
            return (Offence("SDS218", Severity.ERROR, f"{self.column.name} is empty, and SDS creates the users"),)
        return ()

    def _judge_mangled_id(self, cell: str) -> tuple[Offence, ...]:
        """Judge a sourcedId that a spreadsheet has shortened (F16); that its characters are unsafe only follows."""
        self._state.shortened |= values_of((cell,))
        found: tuple[Offence, ...] = (Offence("SDS116", Severity.WARNING, f"the sourcedId {MANGLED}"),)
        if self._rule and self._rule.fault(cell):
            found += (Offence(self._rule.code, Severity.ADVICE, "", follows=True),)
        return found

    def _judge_mangled_reference(self, cell: str, target: FileState) -> tuple[Offence, ...]:
        """Judge a shortened reference: nothing to report where it leads to an id that is shortened likewise."""
        found = self._judge_reference(cell, target)
        if found is None or found.follows:
            return (found,) if found else ()
        message = f"{self.column.name} {MANGLED}"
        return (
            Offence("SDS116", Severity.WARNING, message, once=True),
            replace(found, message=f"{found.message}: it {MANGLED}", once=True, fix=CATALOGUE["SDS116"].fix),
        )

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
        alike = target.look_alike(identifier)
        if alike is not None:
            message += f"; the one on line {target.ids[alike]} there differs only in {difference(identifier, alike)}"
        elif may_be_one_of(identifier, target.shortened):
            message += ", in which a spreadsheet has shortened long numbers"
            return Offence(code, severity, message, once=True, fix=CATALOGUE["SDS116"].fix)
        elif is_null(identifier):
            message += f": this is {NULL}"
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
            expected = expectation(data_type, value, self.column.example)
            return Offence(code, severity, f"{self.column.name}: {expected}")
        if value.lower() in data_type.doubted:
            message = f"{self.column.name}: some lists have this value, the current one does not"
            return Offence("SDS204", Severity.WARNING, message)
        return None

    def _judge_by_rule(self, value: str) -> Offence | None:
        rule = self._rule
        reason = rule.fault(value) if rule else ""
        if not rule or not reason:
            return None
        severity = rule.when_creating if self._context.creates_users else Severity.ADVICE
        return Offence(rule.code, severity, f"{self.column.name}: this is {NULL}" if is_null(value) else reason)

    def _rejection(self) -> tuple[str, Severity]:
        """Return the rule and severity for a value that its data type does not accept."""
        required = self.column.required
        if "Enum" not in self.column.data_type.name:
            return "SDS209", Severity.ERROR if required is Required.YES else Severity.WARNING
        if required is Required.YES:
            return "SDS204", Severity.ERROR
        return "SDS205", Severity.ERROR if self._context.format.name is SdsFormat.V2 else Severity.WARNING
