"""Check files and headers: F01 to F04, F08 to F13, M06, and R18 where the column itself is missing."""

from collections import Counter
from collections.abc import Iterable

from sdssync.sds.checks.collector import Location, Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import CsvFile
from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat
from sdssync.sds.near_files import near_file, plain_name
from sdssync.sds.schema import Needed, Required

MANY_ROWS, TOO_MANY_ROWS = 500_000, 2_000_000
"""Rows of a CSV file in SDS Classic, by the older and the newer page."""
NAMED = 5
"""Columns that a message names."""


def missing_files(names: frozenset[str], context: Context) -> None:
    """Report files that are missing or misnamed (F01) or without their pair (F10), and those that SDS will not read."""
    in_lower_case = {name.lower(): name for name in sorted(names)}
    others = names - context.states.keys()
    pair = [state for state in context.states.values() if state.spec.needed is Needed.TOGETHER]
    halves = [state for state in pair if state.name in names]
    for state in context.states.values():
        if state.name in names:
            continue
        in_other_case = in_lower_case.get(state.name.lower())
        near = in_other_case or near_file(state.name, others)
        unpaired = bool(halves) and state in pair
        if state.spec.needed is Needed.OPTIONAL and near and not in_other_case:
            others -= {near}
            _report_unread(near, f"perhaps {state.name} is meant", context)
        elif near or unpaired or state.spec.needed is Needed.ALWAYS:
            others -= {near}
            state.is_incomplete = True
            message = f"{state.name} is missing" + (f", although {halves[0].name} exists" if unpaired else "")
            message += f"; found {near}, whose name differs in case" if in_other_case else ""
            message += f"; perhaps {near} is meant" if near and not in_other_case else ""
            context.collector.add(
                Offence("SDS110" if unpaired else "SDS101", Severity.FATAL, message), Location(state.name)
            )
    _report_copies(names, others, context)


def _report_copies(names: frozenset[str], others: Iterable[str], context: Context) -> None:
    """Report files that look like copies of files of the set."""
    originals = {plain_name(state.name): state.name for state in context.states.values() if state.name in names}
    for name in sorted(others):
        if name.lower().endswith(".csv") and (original := originals.get(plain_name(name))):
            _report_unread(name, f"it looks like a copy of {original}", context)


def _report_unread(name: str, why: str, context: Context) -> None:
    """Report a file that SDS does not read, although someone may think that it does."""
    message = f"SDS does not read this file: {why}"
    fix = "Rename it if it is the file that SDS should read; otherwise move it out of the folder"
    context.collector.add(Offence("SDS101", Severity.ADVICE, message, fix=fix), Location(name))


def changed_file_set(names: frozenset[str], published: frozenset[str], context: Context) -> None:
    """Report files that came or went since the last publication of the same format (F09)."""
    if context.format.name is not SdsFormat.V21:
        return
    for state in context.states.values():
        if state.name in published and state.name not in names:
            message = "the file was in the last publication and is missing now"
            offence = Offence("SDS109", Severity.ERROR, message, follows=state.is_incomplete)
            context.collector.add(offence, Location(state.name))
        elif state.name in names and state.name not in published:
            message = "the file was not in the last publication and exists now"
            context.collector.add(Offence("SDS109", Severity.ERROR, message), Location(state.name))


def take_header(state: FileState, csv: CsvFile, context: Context) -> None:
    """
    Note the index of each column, and report what is wrong with the header.

    Raises:
        DefectError: the header is blank.

    """
    if not any(map(str.strip, csv.header)):
        raise DefectError("SDS102", 1, "the first line is blank: there is no header")
    state.csv = csv
    state.column_index = {name: csv.header.index(name) for name in csv.header if state.spec.column(name)}
    if csv.survey.bom:
        message = "the file begins with a byte-order mark"
        context.collector.add(Offence("SDS113", Severity.ADVICE, message), Location(state.name, 1))
    misspelt = _missing_headers(state, csv.header, context)
    _wrong_headers(state, csv.header, misspelt, context)
    if "password" in state.column_index and context.format.name is SdsFormat.V21:
        message = "the column password is no longer used"
        context.collector.add(Offence("SDS306", Severity.ADVICE, message), Location(state.name, 1, "password"))
    state.is_incomplete = state.spec.has_ids and "sourcedId" not in state.column_index


def _missing_headers(state: FileState, header: tuple[str, ...], context: Context) -> set[str]:
    """Report missing headers: required ones (F02), names where SDS creates users (R18); return misspelt ones."""
    misspelt = set()
    for column in state.spec.columns:
        if column.name in state.column_index:
            continue
        if column.required.always:
            near = near_miss(column.name, header)
            misspelt |= {near} if near is not None else set()
            message = f"the header {column.name} is missing"
            message += "; a header differs only in case or blanks" if near is not None else ""
            context.collector.add(
                Offence("SDS102", Severity.FATAL, message), Location(state.name, 1, column.name, near)
            )
            state.has_wrong_header = True
        elif column.required is Required.CREATING and context.creates_users:
            message = f"the column {column.name} is missing, and SDS creates the users"
            context.collector.add(Offence("SDS218", Severity.ERROR, message), Location(state.name, 1, column.name))
    return misspelt


def _wrong_headers(state: FileState, header: tuple[str, ...], misspelt: set[str], context: Context) -> None:
    """Report headers that appear twice (F03) or are not known (F04)."""
    nameless = [index for index, name in enumerate(header, 1) if not name.strip()]
    if nameless:
        _report_nameless(nameless, state, context)
    for name, number in Counter(filter(str.strip, header)).items():
        known = name in state.column_index
        if number > 1:
            message = f"the header of column {header.index(name) + 1} appears {number} times"
            severity = Severity.FATAL if known else Severity.WARNING
            context.collector.add(
                Offence("SDS103", severity, message), Location(state.name, 1, name if known else None, name)
            )
            state.has_wrong_header |= known
        if not known and name not in misspelt:
            message = f"the header of column {header.index(name) + 1} is not one of this file"
            near = near_miss(name, [column.name for column in state.spec.columns])
            message += f"; {near} is spelled differently" if near else ""
            context.collector.add(Offence("SDS104", Severity.WARNING, message), Location(state.name, 1, None, name))


def _report_nameless(indexes: list[int], state: FileState, context: Context) -> None:
    """Report columns without a header, all of them at once: a spreadsheet leaves them when columns are emptied."""
    *others, last = [*map(str, indexes[:NAMED]), *(["more"] if len(indexes) > NAMED else [])]
    message = f"columns {', '.join(others)} and {last} have no header" if others else f"column {last} has no header"
    fix = "Delete the empty columns in the spreadsheet, not only their cells, or give a column with values its header"
    context.collector.add(Offence("SDS104", Severity.WARNING, message, fix=fix), Location(state.name, 1))


def near_miss(name: str, names: Iterable[str]) -> str | None:
    """Return a name that differs only in case, in blanks at the ends or by a byte-order mark; None if there is none."""
    return next((other for other in names if _plain(other) == _plain(name)), None)


def _plain(name: str) -> str:
    return name.strip("\ufeff \t\u00a0").lower()


def judge_size(state: FileState, context: Context) -> None:
    """Report files without rows (F08) or with very many (F12)."""
    if not state.rows and state.spec.needed is not Needed.OPTIONAL:
        state.is_incomplete = True
        message = "the file has a header but no rows"
        context.collector.add(Offence("SDS108", Severity.ERROR, message), Location(state.name))
    if state.rows > MANY_ROWS:
        most, severity = (MANY_ROWS, Severity.ADVICE)
        if state.rows > TOO_MANY_ROWS:
            most, severity = (TOO_MANY_ROWS, Severity.ERROR)
        message = f"the file has {state.rows:,} rows, more than {most:,}"
        context.collector.add(Offence("SDS112", severity, message), Location(state.name))


def missing_referenced_files(context: Context) -> None:
    """Report an optional file that is missing although columns refer to it (F11)."""
    for state in context.states.values():
        if state.referred_to:
            message = f"the file is missing, but {' and '.join(sorted(state.referred_to))} refers to it"
            context.collector.add(Offence("SDS111", Severity.WARNING, message), Location(state.name))
