"""Read one file of a set through all checks that its schema and its rules ask for."""

from collections.abc import Sequence
from pathlib import Path

from sdssync.sds.checks.collector import Place, Verdict
from sdssync.sds.checks.columns import ColumnCheck, WidthCheck, line_breaks
from sdssync.sds.checks.duplicates import RepeatCheck, key_of, look_alikes, take_ids
from sdssync.sds.checks.file_state import Context, Table
from sdssync.sds.checks.headers import judge_size, take_header
from sdssync.sds.checks.relations import DATE_PAIRS, WATCHED, DateOrderCheck, OrgTree
from sdssync.sds.checks.teams import Roles
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import Block, CsvFile, open_csv
from sdssync.sds.findings import Severity
from sdssync.sds.schema import ENROLLMENTS, ORGS, SdsFormat


def read_table(table: Table, folder: Path, context: Context) -> None:
    """Check one file. A defect of the file is a finding; ConfigError when it cannot be read or changes meanwhile."""
    try:
        csv = open_csv(folder / table.name)
        take_header(table, csv, context)
        FileReading(table, csv, context).run()
    except DefectError as defect:
        table.gap = True
        table.rows = max(table.rows, defect.rows)
        context.ledger.add(Verdict(defect.code, Severity.FATAL, defect.message), Place(table.name, defect.line))
    else:
        judge_size(table, context)


class FileReading:
    """One way through one file."""

    def __init__(self, table: Table, csv: CsvFile, context: Context) -> None:
        self._table = table
        self._csv = csv
        self._context = context
        columns = (ColumnCheck(table, column, context) for column in table.spec.columns if column.name in table.places)
        checks = [(table.places[check.column.name], check) for check in columns if not check.idle]
        self._columns = [(place, check) for place, check in checks if not check.refers_within]
        self._late_columns = [(place, check) for place, check in checks if check.refers_within]
        self._widths = WidthCheck(table, context)
        key = key_of(table)
        self._repeats = RepeatCheck(key, table) if key else None
        dates = DATE_PAIRS.get(table.name)
        self._dates = DateOrderCheck(table, dates) if dates and table.has(*dates) else None
        role = table.spec.column("role")
        self._roles = (
            Roles(role.kind) if role and table.name == ENROLLMENTS and table.has("classSourcedId", "role") else None
        )

    def run(self) -> None:
        """Read the rows, and once more where ids of the same file are referred to or something stands twice."""
        for block in self._csv.blocks():
            self._table.rows += len(block.lines) + len(block.odd)
            if block.broken:
                line_breaks(self._table, block, self._context)
            self._widths.take(block)
            if block.lines:
                self._take(block, block.columns)
        self._table.settle()
        look_alikes(self._table, self._context)
        if self._repeats:
            self._repeats.finish(self._csv, self._context)
        if self._late_columns:
            self._take_references_within()

    def _take(self, block: Block, columns: Sequence[Sequence[str]]) -> None:
        table, context = self._table, self._context
        if table.spec.has_ids and "sourcedId" in table.places:
            take_ids(table, block, columns[table.places["sourcedId"]], context)
        for place, check in self._columns:
            check.take(block, columns[place])
        if self._repeats:
            self._repeats.take(columns)
        if self._dates:
            self._dates.take(block, context)
        if table.name in WATCHED and WATCHED[table.name] in table.places:
            table.seen[WATCHED[table.name]].update(columns[table.places[WATCHED[table.name]]])
        if self._roles is not None:
            classes, roles = (columns[table.places[name]] for name in ("classSourcedId", "role"))
            table.pairs.update(zip(classes, map(self._roles.__getitem__, roles), strict=True))

    def _take_references_within(self) -> None:
        """Judge references to the same file, now that all its ids are known."""
        table = self._table
        is_tree = table.name == ORGS and table.has("sourcedId") and self._context.format.name is SdsFormat.V21
        tree = OrgTree(table) if is_tree else None
        for block in self._csv.blocks():
            for place, check in self._late_columns:
                check.take(block, block.columns[place])
            if tree:
                tree.take(block)
        if tree:
            tree.finish(self._context)
