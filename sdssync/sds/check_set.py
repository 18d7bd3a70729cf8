"""Check a folder of SDS CSV files: the story of a validation, from the listing of the folder to the report."""

from dataclasses import dataclass
from pathlib import Path

from sdssync.sds.checks.collector import Ledger
from sdssync.sds.checks.file_state import Context, Table
from sdssync.sds.checks.headers import changed_file_set, missing_files, missing_referenced_files
from sdssync.sds.checks.read_file import read_table
from sdssync.sds.checks.relations import incomplete_contacts, users_without_role
from sdssync.sds.checks.teams import unusual_classes
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import list_folder, open_csv
from sdssync.sds.findings import BLOCKING, SetReport, Severity
from sdssync.sds.schema import FORMATS, ROLES, USERS, SdsFormat

__all__ = ["CheckOptions", "check_set", "tell_format"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What is known of a set besides its files, and what of the findings is wanted."""

    format: SdsFormat | None = None
    """None: told by the files."""
    include_names: bool | None = None
    """Whether SDS creates the users; None, for a folder of unknown origin, is taken as no."""
    published_format: SdsFormat | None = None
    published_files: frozenset[str] = frozenset()
    """Format and files of the last publication; None: not known."""
    select: tuple[str, ...] = ()
    """Prefixes of codes; () means all. What is not selected does not make a set invalid either."""
    ignore: tuple[str, ...] = ()
    max_findings: int = 1000
    """Findings kept; counting goes on."""
    failing: tuple[Severity, ...] = BLOCKING
    """What makes the validation fail."""


def check_set(folder: Path, options: CheckOptions, *, shown_as: str | None = None) -> SetReport:
    """
    Check all files of a set against all rules.

    Files that are none of the format (README.txt, users.csv.bak, hidden ones) are not looked at. Raises ConfigError
    when the folder is not there, cannot be read, or is written to while it is read.
    """
    names = list_folder(folder)
    sds_format = options.format or tell_format(folder, names)
    ledger = Ledger(options.select, options.ignore, options.max_findings)
    tables = {file.name: Table(file) for file in FORMATS[sds_format].files}
    context = Context(
        format=FORMATS[sds_format], creates_users=bool(options.include_names), tables=tables, ledger=ledger
    )
    missing_files(names, context)
    if options.published_format is sds_format:
        changed_file_set(names, options.published_files, context)
    for file in context.format.reading_order():
        if file.name in names:
            read_table(tables[file.name], folder, context)
    missing_referenced_files(context)
    incomplete_contacts(context)
    users_without_role(context)
    unusual_classes(context)
    return SetReport(
        path=shown_as or str(folder),
        format=sds_format.value,
        rows={table.name: table.rows for table in tables.values() if table.name in names},
        findings=ledger.findings(tuple(tables)),
        counts=dict(sorted(ledger.counts.items())),
        suppressed=ledger.suppressed,
        failing=options.failing,
    )


def tell_format(folder: Path, names: frozenset[str]) -> SdsFormat:
    """Tell the format by the files: roles.csv, or a users.csv without role and orgSourcedIds, is V2.1."""
    if ROLES in names:
        return SdsFormat.V21
    if USERS not in names:
        return SdsFormat.V2
    try:
        header = open_csv(folder / USERS).header
    except DefectError:
        return SdsFormat.V2
    told = {name.strip().lower() for name in header}
    return SdsFormat.V2 if told & {"role", "orgsourcedids"} else SdsFormat.V21
