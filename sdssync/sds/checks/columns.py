"""
Check columns as the schema says: required values (R01, R18), lists (R04, R05, R10), forms (R09), references (R06, R07).

A column is judged by its distinct values, a block of rows at a time; only where one of them is not in order are the
rows walked to find the lines. That is what makes a million rows cheap.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import filterfalse

from sdssync.sds.checks.collector import Verdict
from sdssync.sds.checks.file_state import Context, Table
from sdssync.sds.checks.values import VALUE_RULES
from sdssync.sds.csv_file import Block, places_of
from sdssync.sds.data_types import lacks_leading_zero
from sdssync.sds.findings import Severity
from sdssync.sds.schema import Column, Required, SdsFormat

REMEMBERED = 1_000
"""Distinct values in order that a column remembers: lists are short, ids and names are not worth it."""


class ColumnCheck:
    """Judges the values of one column of one file."""

    def __init__(self, table: Table, column: Column, context: Context) -> None:
        self.column = column
        self.refers_within = column.kind.refers_to == table.name
        """Whether it refers to its own file: then all ids must be known first."""
        self._table = table
        self._context = context
        self._target = context.tables.get(column.kind.refers_to)
        self._rule = VALUE_RULES.get((table.name, column.name))
        self._good: set[str] = set()
        self._usual = self._usual_test()

    @property
    def idle(self) -> bool:
        """Whether there is nothing that could be wrong with a value."""
        return not (self._usual or self._target or self.column.kind.restricted)

    def _usual_test(self) -> Callable[[str], object] | None:
        """Choose the quick yes of this column, if it has one; a blank value never passes."""
        if self._rule:
            return self._rule.usual
        required = self.column.required
        demanded = required.always or (required is Required.CREATING and self._context.creates_users)
        return str.strip if demanded and not self.column.kind.restricted and not self._target else None

    def take(self, block: Block, cells: Sequence[str]) -> None:
        """Judge the cells of a block."""
        verdicts = self._judge_all(set(cells))
        for place in places_of(verdicts, cells) if verdicts else ():
            for verdict in verdicts[cells[place]]:
                self._context.note(verdict, self._table, block.lines[place], block.row(place), self.column.name)

    def _judge_all(self, cells: set[str]) -> Mapping[str, tuple[Verdict, ...]]:
        """Give the verdicts on those distinct cells that are not in order."""
        verdicts = {}
        for cell in self._doubtful(cells):
            found = self._judge(cell)
            if found:
                verdicts[cell] = found
            elif len(self._good) < REMEMBERED and not self._target:
                self._good.add(cell)
        return verdicts

    def _doubtful(self, cells: set[str]) -> set[str]:
        """Sieve out, in C, the cells that are surely in order."""
        if self._target:
            doubtful = cells.difference(self._target.known)
            return doubtful | (cells & self._target.dropped) if self._target.dropped else doubtful
        doubtful = cells - self._good
        return set(filterfalse(self._usual, doubtful)) if self._usual else doubtful

    def _judge(self, cell: str) -> tuple[Verdict, ...]:
        """Judge one cell. A line break in it is reported as such, and nothing besides."""
        if "\n" in cell or "\r" in cell:
            return ()
        parts = self.column.kind.parts(cell)
        if not parts:
            return self._judge_blank()
        target = self._target
        found = [self._judge_reference(part, target) if target else self._judge_value(part) for part in parts]
        return tuple(dict.fromkeys(filter(None, found)))  # of several values that are wrong alike, one is enough

    def _judge_blank(self) -> tuple[Verdict, ...]:
        if self.column.required.always:
            return (Verdict("SDS201", Severity.ERROR, f"{self.column.name} is required and empty"),)
        if self.column.required is Required.CREATING and self._context.creates_users:
            return (Verdict("SDS218", Severity.ERROR, f"{self.column.name} is empty, and SDS creates the users"),)
        return ()

    def _judge_reference(self, identifier: str, target: Table) -> Verdict | None:
        required = self.column.required.always
        code, severity = ("SDS206", Severity.ERROR) if required else ("SDS207", Severity.WARNING)
        if identifier in target.dropped:
            return Verdict(code, severity, "", follows=True)
        if identifier in target.ids:
            return None
        if target.csv is None and not target.gap:
            target.referred_to.add(f"{self._table.name} {self.column.name}")
        if target.csv is None or target.gap or target.hides_ids:
            return Verdict(code, Severity.ADVICE, "", follows=True)
        message = f"{self.column.name} is not a sourcedId of {target.name}"
        line = target.look_alike(identifier)
        if line is not None:
            message += f"; the one on line {line} there differs in case or blanks only"
        return Verdict(code, severity, message)

    def _judge_value(self, value: str) -> Verdict | None:
        kind = self.column.kind
        if self._rule:
            return self._judge_by_rule(value)
        if self.column.name == "grade" and lacks_leading_zero(value):
            severity = Severity.WARNING if self._context.format.name is SdsFormat.V2 else Severity.ADVICE
            return Verdict("SDS210", severity, "the grade lacks its leading zero")
        if not kind.accepts(value):
            code, severity = self._rejection()
            return Verdict(code, severity, f"{self.column.name}: expected {kind.wants}")
        if value.lower() in kind.doubted:
            message = f"{self.column.name}: some lists have this value, the current one has not"
            return Verdict("SDS204", Severity.WARNING, message)
        return None

    def _judge_by_rule(self, value: str) -> Verdict | None:
        rule = self._rule
        reason = rule.fault(value) if rule else ""
        if not rule or not reason:
            return None
        return Verdict(rule.code, rule.when_creating if self._context.creates_users else Severity.ADVICE, reason)

    def _rejection(self) -> tuple[str, Severity]:
        """Choose the rule and severity for a value that its kind does not accept."""
        required = self.column.required
        if "Enum" not in self.column.kind.name:
            return "SDS209", Severity.ERROR if required is Required.YES else Severity.WARNING
        if required is Required.YES:
            return "SDS204", Severity.ERROR
        return "SDS205", Severity.ERROR if self._context.format.name is SdsFormat.V2 else Severity.WARNING


def line_breaks(table: Table, block: Block, context: Context) -> None:
    """
    Report values with a line break in them (F06).

    Why: SDS forbids line breaks in values, quoted or not.
    Bad: a class title of two lines.
    Mend: remove the break at the source.
    """
    verdict = Verdict("SDS106", Severity.ERROR, "the value holds a line break")
    columns = {place: name for name, place in table.places.items()}
    for line, row in block.rows():
        for place, cell in enumerate(row):
            if "\n" in cell or "\r" in cell:
                context.note(verdict, table, line, row, columns.get(place))


class WidthCheck:
    """
    Reports rows with more or fewer fields than the header (F07).

    Why: nearly always a comma in a value that is not quoted; what stands behind it is in the wrong column.
    Bad: "12001,10001,Physics, advanced".
    Mend: quote the value.

    Where no row of the first block fits, it is the header that does not, or the separator: that is reported once.
    """

    def __init__(self, table: Table, context: Context) -> None:
        self._table = table
        self._context = context
        self._misfit: bool | None = None
        self._reported = table.misheaded

    def take(self, block: Block) -> None:
        """Report the odd rows of a block."""
        if self._misfit is None:
            self._misfit = not block.lines and len(block.odd) > (0 if self._reported else 1)
        for line, row in block.odd:
            message = f"the row has {len(row)} fields, the header has {len(block.columns)}"
            if self._misfit:
                message += ", and so it is from the first row on: look at the header and at the separators"
            verdict = Verdict("SDS107", Severity.FATAL, message, follows=self._misfit and self._reported)
            self._context.note(verdict, self._table, line, row)
            self._reported = True
        if block.odd:
            self._table.torn = True
            self._table.hides_ids |= self._misfit or self._table.places.get("sourcedId", 0) > 0
