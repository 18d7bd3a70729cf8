"""Read one file of a set through all checks that its schema and its rules ask for."""

from collections.abc import Sequence
from pathlib import Path

from sdssync.sds.checks.collector import Location, Offence
from sdssync.sds.checks.columns import ColumnCheck
from sdssync.sds.checks.duplicates import DuplicateCheck, key_of, look_alikes, take_ids
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.checks.first_line import check_first_line
from sdssync.sds.checks.headers import judge_size, take_header
from sdssync.sds.checks.relations import DATE_PAIRS, WATCHED, DateOrderCheck, OrgTree
from sdssync.sds.checks.row_shapes import EmptyRowCheck, WidthCheck, line_breaks
from sdssync.sds.checks.teams import Roles
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import Block, CsvFile, open_csv
from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import ENROLLMENTS, ORGS


def read_file(state: FileState, folder: Path, context: Context) -> None:
    """
    Check one file; a defect of the file is a finding.

    Raises:
        ConfigError: the file cannot be read, or changes meanwhile.

    """
    try:
        if context.collector.wants("SDS115"):
            check_first_line(folder / state.name, state.spec)
        csv = open_csv(folder / state.name)
        take_header(state, csv, context)
        FileReading(state, csv, context).run()
    except DefectError as defect:
        state.is_incomplete = True
        state.rows = max(state.rows, defect.rows)
        offence = Offence(defect.code, Severity.FATAL, defect.message, fix=defect.fix)
        context.collector.add(offence, Location(state.name, defect.line))
    else:
        judge_size(state, context)


class FileReading:
    """One reading of one file."""

    def __init__(self, state: FileState, csv: CsvFile, context: Context) -> None:
        self._state = state
        self._csv = csv
        self._context = context
        columns = (
            ColumnCheck(state, column, context) for column in state.spec.columns if column.name in state.column_index
        )
        checks = [(state.column_index[check.column.name], check) for check in columns if not check.has_nothing_to_check]
        self._columns = [(index, check) for index, check in checks if not check.refers_within]
        self._late_columns = [(index, check) for index, check in checks if check.refers_within]
        self._empty_rows = EmptyRowCheck(state, context)
        self._widths = WidthCheck(state, context)
        key = key_of(state)
        self._duplicates = DuplicateCheck(key, state, csv) if key else None
        dates = DATE_PAIRS.get(state.name)
        self._dates = DateOrderCheck(state, dates) if dates and state.has(*dates) else None
        role = state.spec.column("role")
        self._roles = (
            Roles(role.data_type)
            if role and state.name == ENROLLMENTS and state.has("classSourcedId", "role")
            else None
        )

    def run(self) -> None:
        """Read the rows, and once more if they refer to ids of the same file or something appears twice."""
        for block in self._csv.blocks():
            self._state.rows += len(block.lines) + len(block.uneven)
            if block.has_line_breaks:
                line_breaks(self._state, block, self._context)
            kept = self._empty_rows.leave_out(block)
            self._widths.take(kept)
            if block.lines:
                self._take(kept, kept.columns)
        self._state.close_ids()
        look_alikes(self._state, self._context)
        if self._duplicates:
            self._duplicates.finish(self._context)
        if self._late_columns:
            self._take_references_within()

    def _take(self, block: Block, columns: Sequence[Sequence[str]]) -> None:
        state, context = self._state, self._context
        if state.spec.has_ids and "sourcedId" in state.column_index:
            take_ids(state, block, columns[state.column_index["sourcedId"]], context)
        for index, check in self._columns:
            check.take(block, columns[index])
        if self._duplicates:
            self._duplicates.take(columns)
        if self._dates:
            self._dates.take(block, context)
        if state.name in WATCHED and WATCHED[state.name] in state.column_index:
            state.seen[WATCHED[state.name]].update(columns[state.column_index[WATCHED[state.name]]])
        if self._roles is not None:
            classes, roles = (columns[state.column_index[name]] for name in ("classSourcedId", "role"))
            state.pairs.update(zip(classes, map(self._roles.__getitem__, roles), strict=True))

    def _take_references_within(self) -> None:
        """Judge references to the same file, now that all its ids are known."""
        state = self._state
        is_tree = state.name == ORGS and state.has("sourcedId") and self._context.format.name is SdsFormat.V21
        tree = OrgTree(state) if is_tree else None
        for block in self._csv.blocks():
            for index, check in self._late_columns:
                check.take(block, block.columns[index])
            if tree:
                tree.take(block)
        if tree:
            tree.finish(self._context)
