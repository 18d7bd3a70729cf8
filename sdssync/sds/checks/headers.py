"""Rules about files and headers: F01 to F04, F08 to F13, M06, and R18 where the column itself is missing."""

from collections import Counter
from collections.abc import Iterable

from sdssync.sds.checks.collector import Place, Verdict
from sdssync.sds.checks.file_state import Context, Table
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import CsvFile
from sdssync.sds.findings import Severity
from sdssync.sds.schema import Needed, Required, SdsFormat

MANY_ROWS, TOO_MANY_ROWS = 500_000, 2_000_000
"""SDS Classic: rows of a CSV file, older and newer text."""


def missing_files(names: frozenset[str], context: Context) -> None:
    """
    Report files that are missing or misnamed (F01) or without their pair (F10).

    Why: SDS stops the run. Bad: Users.csv for users.csv. Mend: add the file, or rename it.
    """
    found = {name.lower(): name for name in sorted(names)}
    pair = [table for table in context.tables.values() if table.spec.needed is Needed.TOGETHER]
    halves = [table for table in pair if table.name in names]
    for table in context.tables.values():
        if table.name in names:
            continue
        misnamed = found.get(table.name.lower())
        unpaired = bool(halves) and table in pair
        if not (misnamed or unpaired or table.spec.needed is Needed.ALWAYS):
            continue
        table.gap = True
        message = f"{table.name} is missing" + (f", although {halves[0].name} is there" if unpaired else "")
        message += f"; found {misnamed}, whose name differs in case" if misnamed else ""
        context.ledger.add(Verdict("SDS110" if unpaired else "SDS101", Severity.FATAL, message), Place(table.name))


def changed_file_set(names: frozenset[str], published: frozenset[str], context: Context) -> None:
    """
    Report files that came or went since the last publication of the same format (F09).

    Why: SDS takes the records of a file left out as no longer active. Bad: courses.csv was sent before, and is not now.
    Mend: send the same files every time.
    """
    if context.format.name is not SdsFormat.V21:
        return
    for table in context.tables.values():
        if table.name in published and table.name not in names:
            message = "the file was in the last publication and is not there now"
            verdict = Verdict("SDS109", Severity.ERROR, message, follows=table.gap)
            context.ledger.add(verdict, Place(table.name))
        elif table.name in names and table.name not in published:
            message = "the file was not in the last publication and is there now"
            context.ledger.add(Verdict("SDS109", Severity.ERROR, message), Place(table.name))


def take_header(table: Table, csv: CsvFile, context: Context) -> None:
    """Note where each column stands, and report what is wrong with it or before it. DefectError: it is blank."""
    if not any(map(str.strip, csv.header)):
        raise DefectError("SDS102", 1, "the first line is blank: there is no header")
    table.csv = csv
    table.places = {name: csv.header.index(name) for name in csv.header if table.spec.column(name)}
    if csv.survey.bom:
        message = "the file begins with a byte-order mark"
        context.ledger.add(Verdict("SDS113", Severity.ADVICE, message), Place(table.name, 1))
    explained = _missing_headers(table, csv.header, context)
    _strange_headers(table, csv.header, explained, context)
    if "password" in table.places and context.format.name is SdsFormat.V21:
        message = "the column password is no longer used"
        context.ledger.add(Verdict("SDS306", Severity.ADVICE, message), Place(table.name, 1, "password"))
    table.gap = table.spec.has_ids and "sourcedId" not in table.places


def _missing_headers(table: Table, header: tuple[str, ...], context: Context) -> set[str]:
    """
    Report required headers that are missing (F02), and names where SDS creates users (R18); give what was misspelt.

    Why: SDS stops the run. Bad: sourcedid for sourcedId. Mend: write the header as the SDS page spells it.
    """
    explained = set()
    for column in table.spec.columns:
        if column.name in table.places:
            continue
        if column.required.always:
            near = near_miss(column.name, header)
            explained |= {near} if near is not None else set()
            message = f"the header {column.name} is missing"
            message += "; there is one that differs in case or blanks" if near is not None else ""
            context.ledger.add(Verdict("SDS102", Severity.FATAL, message), Place(table.name, 1, column.name, near))
            table.misheaded = True
        elif column.required is Required.CREATING and context.creates_users:
            message = f"the column {column.name} is missing, and SDS creates the users"
            context.ledger.add(Verdict("SDS218", Severity.ERROR, message), Place(table.name, 1, column.name))
    return explained


def _strange_headers(table: Table, header: tuple[str, ...], explained: set[str], context: Context) -> None:
    """
    Report headers that stand twice (F03) or are not known (F04).

    Why: SDS stops the run for the first; for the second nobody knows. Bad: sourcedId,name,name. Mend: remove a column.
    """
    for name, number in Counter(header).items():
        known = name in table.places
        if number > 1:
            message = f"the header of column {header.index(name) + 1} stands {number} times"
            place = Place(table.name, 1, name if known else None, name)
            context.ledger.add(Verdict("SDS103", Severity.FATAL, message), place)
            table.misheaded = True
        if not known and name not in explained:
            message = f"the header of column {header.index(name) + 1} is not one of this file"
            near = near_miss(name, [column.name for column in table.spec.columns])
            message += f"; {near} is written differently" if near else ""
            context.ledger.add(Verdict("SDS104", Severity.WARNING, message), Place(table.name, 1, None, name))


def near_miss(name: str, names: Iterable[str]) -> str | None:
    """Find a name that differs in case, in blanks at the ends or by a byte-order mark only."""
    return next((other for other in names if _plain(other) == _plain(name)), None)


def _plain(name: str) -> str:
    return name.strip("\ufeff \t\u00a0").lower()


def judge_size(table: Table, context: Context) -> None:
    """
    Report files without rows (F08) or with very many (F12).

    Why: SDS would take everybody as no longer active; Classic had limits. Bad: users.csv with a header only.
    Mend: find out why nothing was exported; split the set.
    """
    if not table.rows and table.spec.needed is not Needed.OPTIONAL:
        table.gap = True
        message = "the file has a header and no rows"
        context.ledger.add(Verdict("SDS108", Severity.ERROR, message), Place(table.name))
    if table.rows > MANY_ROWS:
        most, severity = (MANY_ROWS, Severity.ADVICE)
        if table.rows > TOO_MANY_ROWS:
            most, severity = (TOO_MANY_ROWS, Severity.ERROR)
        message = f"the file has {table.rows:,} rows, more than {most:,}"
        context.ledger.add(Verdict("SDS112", severity, message), Place(table.name))


def missing_referenced_files(context: Context) -> None:
    """
    Report an optional file that is not there although columns refer to it (F11).

    Why: SDS reports each reference and drops the value. Bad: sessionSourcedId filled, and no academicSessions.csv.
    Mend: add the file, or leave the columns out.
    """
    for table in context.tables.values():
        if table.referred_to:
            message = f"the file is missing, but {' and '.join(sorted(table.referred_to))} refers to it"
            context.ledger.add(Verdict("SDS111", Severity.WARNING, message), Place(table.name))
