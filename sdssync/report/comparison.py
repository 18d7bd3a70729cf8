"""
The result of `sdssync compare`: how two sets differ, counts first, as JSON for programs and as text for people.

Ids are shown, and what is in no row about a person. Names and addresses appear only where they are asked for.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sdssync.files.names import printable
from sdssync.report.json_result import json_result
from sdssync.report.names import counted, person_words
from sdssync.report.plan_words import cause_words
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, number, table
from sdssync.roster.attribution import PersonRef
from sdssync.safety import reasons
from sdssync.safety.causes import NOT_IN_ISAMS
from sdssync.safety.comparison import Cells, Difference, RowKind, Where, row_counts
from sdssync.safety.reasons import ComparedSet, Comparison, Explained

_WORDS: Mapping[str, str] = {
    reasons.COMMA: "a comma that is not quoted shifts the columns",
    reasons.REPEATED: "the same row once more",
    reasons.CLASS_DIFFERS: "its class is in one of the sets only",
    reasons.USER_DIFFERS: "its user is in one of the sets only",
    reasons.ANOTHER_DAY: "another day: the document has it otherwise now",
    reasons.EXPIRED: "the profile has expired, and the document has it otherwise now",
    reasons.KEPT_ADDRESS: "no e-mail address in iSAMS; sdssync keeps the last one for a few days",
    reasons.EXTRA_TEACHER: "an extra teacher of the profile",
    reasons.WAITING: "the pupils of the class wait for the day of pupils_from",
    reasons.GRADE: "SDS has another label for the year",
    reasons.NAMES: "include_names decides whether names are written",
    reasons.ORGANISATION: "the profile has an organisation of its own",
    reasons.TITLE: "the same set code with another suffix or title",
    NOT_IN_ISAMS: "not in iSAMS, or not on the set list",
}
_KINDS = {
    RowKind.ORG: ("organisation", "Organisations"),
    RowKind.USER: ("user", "Users"),
    RowKind.CLASS: ("class", "Classes"),
    RowKind.ENROLLMENT: ("enrollment", "Enrollments"),
}
_MARKS = {Where.FIRST: ("<", "red"), Where.SECOND: (">", "green"), Where.BOTH: ("~", "yellow")}
_PLACES = {Where.FIRST: "only in the first", Where.SECOND: "only in the second", Where.BOTH: "different"}
_PERSONAL = frozenset({"username", "surname", "forename"})
_COUNTS = (
    Column("Rows"),
    Column("First", is_number=True),
    Column("Second", is_number=True),
    Column("Different", is_number=True, rank=3),
    Column("Only first", is_number=True, rank=2),
    Column("Only second", is_number=True, rank=1),
    Column("Unexplained", is_number=True),
)


def comparison_json(comparison: Comparison, *, names: bool) -> str:
    """Return how two sets differ, as the documented JSON."""
    document = comparison.document_of.isoformat(timespec="seconds") if comparison.document_of else None
    return json_result(
        equal=comparison.are_equal,
        unexplained=_unexplained(comparison.differences),
        first=_set_shape(comparison.first),
        second=_set_shape(comparison.second),
        document={"taken_at": document} if comparison.evidence else None,
        **{f"{kind}s" if kind is not RowKind.CLASS else "classes": _counts(comparison, kind) for kind in RowKind},
        differences=[_shape(comparison, explained, names=names) for explained in comparison.differences],
    )


def _set_shape(compared: ComparedSet) -> dict[str, Any]:
    return {
        "path": compared.displayed,
        "profile": compared.profile,
        "unreadable": list(compared.csv_set.unreadable),
    }


def _counts(comparison: Comparison, kind: RowKind) -> dict[str, Any]:
    """Return the rows of a kind by where they are, and how often each reason applies."""
    of_kind = [explained for explained in comparison.differences if explained.difference.kind is kind]
    places = Counter(explained.difference.where for explained in of_kind)
    found = Counter(reason for explained in of_kind for reason in explained.reasons)
    return {
        "first": row_counts(comparison.first.csv_set)[kind],
        "second": row_counts(comparison.second.csv_set)[kind],
        **{where.value: places[where] for where in (Where.BOTH, Where.FIRST, Where.SECOND)},
        "unexplained": _unexplained(of_kind),
        "reasons": dict(found.most_common()),
    }


def _unexplained(differences: Sequence[Explained]) -> int:
    return sum(not explained.is_explained for explained in differences)


def _shape(comparison: Comparison, explained: Explained, *, names: bool) -> dict[str, Any]:
    difference = explained.difference
    shape: dict[str, Any] = {"kind": difference.kind, "difference": difference.where}
    if difference.kind is RowKind.ENROLLMENT:
        shape |= {"class_id": difference.class_id, "user_id": _id(difference.id, names=names), "role": difference.role}
    else:
        shape["id"] = _id(difference.id, names=names)
    if difference.where is Where.BOTH:
        shape["columns"] = [_column_shape(difference, column, names=names) for column in _columns(difference)]
    if names and difference.kind in {RowKind.USER, RowKind.ENROLLMENT}:
        shape["person"] = _who(comparison, difference)
    return {**shape, "reasons": list(explained.reasons), "explained": explained.is_explained}


def _column_shape(difference: Difference, column: str, *, names: bool) -> dict[str, str]:
    shape = {"column": column}
    if column != difference.unquoted and (names or column not in _PERSONAL):
        shape |= {"first": _cell(difference.first, column), "second": _cell(difference.second, column)}
    return shape


def comparison_lines(comparison: Comparison, *, names: bool, most: int | None, width: int | None) -> Iterator[Line]:
    """Yield how two sets differ: counts, reasons, then at most so many rows (None: all), the unexplained ones first."""
    for what, compared in (("first", comparison.first), ("second", comparison.second)):
        of_profile = f", the set of {compared.profile}" if compared.profile else ""
        yield Line(printable(f"{what + ':':<8}{compared.displayed}{of_profile}"))
        for file in compared.csv_set.unreadable:
            yield Line(f"  {file} has rows that cannot be read", "bold red")
    if comparison.are_equal:
        yield Line("the sets are equal", "bold")
        return
    yield Line("")
    yield from table(_COUNTS, [_count_row(comparison, kind) for kind in RowKind], width)
    yield Line("")
    yield from _reason_lines(comparison.differences)
    in_order = sorted(comparison.differences, key=lambda explained: explained.is_explained)
    shown = in_order if most is None else in_order[: max(most, 0)]
    if shown:
        yield Line("")
    for explained in shown:
        mark, style = _MARKS[explained.difference.where]
        yield Line(printable(f"  {mark} {_row_words(comparison, explained, names=names)}"), style)
    if len(in_order) > len(shown):
        yield Line(f"and {counted(len(in_order) - len(shown), 'more row', 'more rows')}: --all shows them", "bold")


def _count_row(comparison: Comparison, kind: RowKind) -> Row:
    counts = _counts(comparison, kind)
    places = (Where.BOTH.value, Where.FIRST.value, Where.SECOND.value)
    cells = [number(counts[key]) for key in ("first", "second", *places, "unexplained")]
    return Row((_KINDS[kind][1], *cells), "bold red" if counts["unexplained"] else "")


def _reason_lines(differences: Sequence[Explained]) -> Iterator[Line]:
    """Yield how often each reason applies, by kind and place, the unexplained rows first."""
    found = Counter(
        (explained.is_explained, explained.difference.kind, explained.difference.where, _reasons_words(explained))
        for explained in differences
    )
    for (is_explained, kind, where, words), count in sorted(found.items(), key=lambda item: (item[0][0], -item[1])):
        singular, several = _KINDS[kind]
        yield Line(
            f"{counted(count, singular, several.lower())} {_PLACES[where]}: {words}", "" if is_explained else "bold red"
        )


def _reasons_words(explained: Explained) -> str:
    words = [_WORDS.get(reason) or cause_words(reason) for reason in explained.reasons]
    return "; ".join(words if explained.is_explained else [*words, "no reason found"])


def _row_words(comparison: Comparison, explained: Explained, *, names: bool) -> str:
    difference = explained.difference
    who = _who(comparison, difference) if names else _id(difference.id, names=names)
    match difference.kind:
        case RowKind.ENROLLMENT:
            subject = f"enrollment of {who} in class {difference.class_id} as {difference.role}"
        case RowKind.CLASS:
            title = _cell(difference.first or difference.second, "title")
            subject = f"class {title} ({difference.id})" if title else f"class {difference.id}"
        case RowKind.USER:
            subject = f"user {who}"
        case RowKind.ORG:
            subject = f"organisation {difference.id}"
    cells = ", ".join(_column_words(difference, column, names=names) for column in _columns(difference))
    return f"{subject}{f', {cells}' if cells else ''}: {_reasons_words(explained)}"


def _column_words(difference: Difference, column: str, *, names: bool) -> str:
    if column == difference.unquoted or (column in _PERSONAL and not names):
        return column
    first, second = _cell(difference.first, column), _cell(difference.second, column)
    return f'{column} "{first}" and "{second}"'


def _columns(difference: Difference) -> tuple[str, ...]:
    """Return the columns that differ, that with the comma first."""
    return (*filter(None, (difference.unquoted,)), *difference.columns)


def _cell(cells: Cells | None, column: str) -> str:
    return (cells or {}).get(column, "")


def _id(identifier: str, *, names: bool) -> str:
    """Return an id; that of an extra teacher may be an address."""
    return "an address" if "@" in identifier and not names else identifier


def _who(comparison: Comparison, difference: Difference) -> str:
    """Return a person as iSAMS has them; one whom it does not have, as the sets do."""
    person = comparison.evidence.causes.person(difference.id) if comparison.evidence else None
    if person:
        return person_words(PersonRef(id=difference.id, record=person))
    sets = (comparison.first.csv_set, comparison.second.csv_set)
    row = next((csv_set.users[difference.id] for csv_set in sets if difference.id in csv_set.users), None)
    if row is None:
        return difference.id
    name = ", ".join(filter(None, (row.surname, row.forename))) or row.username
    return f"{name} ({difference.id})"
