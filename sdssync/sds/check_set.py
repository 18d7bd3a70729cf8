"""Check a folder of SDS CSV files, from the listing of the folder to the report."""

from dataclasses import dataclass
from pathlib import Path

from sdssync.sds.checks.collector import Collector, Location, Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.checks.first_line import header_names
from sdssync.sds.checks.headers import changed_file_set, missing_files, missing_referenced_files
from sdssync.sds.checks.other_format import Recognised, recognise, recognise_file
from sdssync.sds.checks.read_file import read_file
from sdssync.sds.checks.relations import incomplete_contacts, users_without_role
from sdssync.sds.checks.teams import check_teams
from sdssync.sds.csv_file import list_folder
from sdssync.sds.findings import BLOCKING, MAX_FINDINGS, SetReport, Severity
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import FORMATS, ROLES, USERS

__all__ = ["CheckOptions", "check_set", "format_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What is known of a CSV set apart from its files, and which findings are wanted."""

    format: SdsFormat | None = None
    """None: the files decide."""
    include_names: bool | None = None
    """Whether SDS creates the users; None, for a folder of unknown origin, counts as False."""
    published_format: SdsFormat | None = None
    published_files: frozenset[str] = frozenset()
    """Format and files of the last publication; None: not known."""
    select: tuple[str, ...] = ()
    """Prefixes of codes; (): all. A rule that is not selected does not make a set invalid either."""
    ignore: tuple[str, ...] = ()
    max_findings: int = MAX_FINDINGS
    """Findings that are kept; all are counted."""
    failing: tuple[Severity, ...] = BLOCKING
    """What makes the validation fail."""


def check_set(folder: Path, options: CheckOptions, *, display_name: str | None = None) -> SetReport:
    """
    Check all files of a set against all rules.

    Files that the format does not have (README.txt, users.csv.bak, hidden ones) are ignored.

    Raises:
        ConfigError: the folder does not exist, cannot be read, or changes while it is read.

    """
    collector = Collector(options.select, options.ignore, options.max_findings)
    if collector.wants("SDS114") and (other := recognise_file(folder)):
        return _other_format(other, options.format or SdsFormat.V21, collector, options, display_name or str(folder))
    names = list_folder(folder)
    sds_format = options.format or format_of(folder, names)
    if collector.wants("SDS114") and (other := recognise(folder, names)):
        return _other_format(other, sds_format, collector, options, display_name or str(folder))
    states = {file.name: FileState(file) for file in FORMATS[sds_format].files}
    context = Context(
        format=FORMATS[sds_format], creates_users=bool(options.include_names), states=states, collector=collector
    )
    missing_files(names, context)
    if options.published_format is sds_format:
        changed_file_set(names, options.published_files, context)
    for file in context.format.reading_order():
        if file.name in names:
            read_file(states[file.name], folder, context)
    missing_referenced_files(context)
    incomplete_contacts(context)
    users_without_role(context)
    check_teams(context)
    return SetReport(
        path=display_name or str(folder),
        format=sds_format.value,
        rows={state.name: state.rows for state in states.values() if state.name in names},
        findings=collector.findings(tuple(states)),
        counts=dict(sorted(collector.counts.items())),
        suppressed=collector.suppressed,
        failing=options.failing,
    )


def _other_format(
    other: Recognised, sds_format: SdsFormat, collector: Collector, options: CheckOptions, path: str
) -> SetReport:
    """Return the report on what is no set of V2 or V2.1 (F14): one finding, and nothing else."""
    collector.add(Offence("SDS114", Severity.FATAL, other.message, fix=other.fix), Location(other.file))
    return SetReport(
        path=path,
        format=sds_format.value,
        rows={},
        findings=collector.findings(()),
        counts=collector.counts,
        suppressed={},
        failing=options.failing,
    )


def format_of(folder: Path, names: frozenset[str]) -> SdsFormat:
    """Return the format of the files: with roles.csv, or a users.csv without role and orgSourcedIds, it is V2.1."""
    if ROLES in names:
        return SdsFormat.V21
    if USERS not in names:
        return SdsFormat.V2
    headers = header_names(folder / USERS)
    return SdsFormat.V2 if not headers or headers & {"role", "orgsourcedids"} else SdsFormat.V21
