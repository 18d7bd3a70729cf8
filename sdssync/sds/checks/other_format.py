"""Recognise a folder that is no set of V2 or V2.1 but plainly something else (F14)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sdssync.sds.checks.first_line import header_names
from sdssync.sds.file_kinds import kind_of_file
from sdssync.sds.schema import V2, V21

SCOPE = "sdssync checks SDS V2 and V2.1"
LOOKED_AT = 500
"""Files and folders that are looked at, in each folder."""
DEPTH = 3
"""Levels of folders below that are searched for sets."""
NAMED = 5
"""Folders that a message names."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a folder is, and what to do."""

    file: str
    """The file that shows it, or "."."""
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """A format that is not ours, and the names by which it is recognised, in lower case and of letters only."""

    name: str
    files: frozenset[str]
    """Names of files, without the ending."""
    headers: frozenset[str]
    """Headers that our formats do not have."""
    files_suffice: bool
    """True if the names of the files are enough."""
    fix: str


V1 = OtherFormat(
    "SDS V1",
    frozenset({"school", "section", "student", "teacher", "studentenrollment", "studentenrolment", "teacherroster"}),
    frozenset({"sisid", "schoolsisid", "sectionsisid", "dfenumber", "schooldfenumber"}),
    files_suffice=True,
    fix="Export SDS V2.1 and validate that; SDS itself still takes V1, but sdssync cannot check it",
)
CLEVER = OtherFormat(
    "Clever",
    frozenset({"schools", "students", "teachers", "sections", "enrollments", "staff", "admins", "contacts"}),
    frozenset({"schoolid", "studentid", "sectionid", "teacherid", "staffid"}),
    files_suffice=False,
    fix="Export SDS V2.1 and validate that",
)
ONEROSTER = OtherFormat(
    "OneRoster",
    frozenset({"manifest", *(file.name.lower().removesuffix(".csv") for file in V21.files)}),
    frozenset({
        "propertyname", "enableduser", "usermasteridentifier", "agentsourcedids", "schoolsourcedid", "schoolsourcedids",
        "termsourcedids", "classtype", "roletype", "userprofilesourcedid",
    }),
    files_suffice=False,
    fix="Export SDS V2.1 and validate that; rows with the status tobedeleted are people who have left",
)  # fmt: skip
_ONEROSTER_PAIR = {"status", "datelastmodified"}
"""Headers that each file of OneRoster has, and only together say so."""
FORMATS = (V1, CLEVER, ONEROSTER)
_OURS = frozenset(file.name.lower() for form in (V2, V21) for file in form.files)


def recognise(folder: Path, names: frozenset[str]) -> Recognised | None:
    """Return what the folder is; None if it is, or may be meant as, a set of V2 or V2.1."""
    listed = sorted(names)[:LOOKED_AT]
    kinds = {name: kind for name in listed if (kind := kind_of_file(folder / name))}
    csv_names = [name for name in listed if name.lower().endswith(".csv") and name not in kinds]
    if csv_names:
        return _by_files(folder, csv_names)
    if kinds:
        return _not_csv(kinds)
    return _sets_below(folder)


def recognise_file(path: Path) -> Recognised | None:
    """Return what a file is that is given in place of a folder; None if it may be text."""
    kind = kind_of_file(path)
    return Recognised(path.name, f"this is {kind}, not a folder; {SCOPE}", _fix_of(kind)) if kind else None


def _not_csv(kinds: dict[str, str]) -> Recognised:
    """Return what a folder is that holds archives or spreadsheets and no CSV file."""
    file, kind = next(iter(kinds.items()))
    message = f"the folder holds {kind} and no CSV file; {SCOPE}"
    return Recognised(file, message, _fix_of(kind))


def _fix_of(kind: str) -> str:
    if "archive" in kind:
        return "Unpack the archive, and validate the folder with its CSV files"
    return "Export CSV files from the source, or save each table as CSV UTF-8, and validate their folder"


def _by_files(folder: Path, names: list[str]) -> Recognised | None:
    """Let each file say what it is, and believe the most, if they are at least as many as those that may be ours."""
    votes = {name: _vote(name, folder) for name in names}
    counts = Counter(vote for vote in votes.values() if vote)
    ours = sum(name.lower() in _OURS and vote is None for name, vote in votes.items())
    for form, number in counts.most_common(1):
        if number >= max(ours, 1):
            file = next(name for name, vote in votes.items() if vote is form)
            file = next((name for name, vote in votes.items() if vote is form and _letters(name) == "manifest"), file)
            return Recognised(file, f"this is a set of {form.name} CSV files; {SCOPE}", form.fix)
    return None


def _vote(name: str, folder: Path) -> OtherFormat | None:
    """Return the other format that a file is plainly of."""
    headers = frozenset(map(_letters_only, header_names(folder / name)))
    stem = _letters(name)
    for form in FORMATS:
        has_header = not headers.isdisjoint(form.headers) or (form is ONEROSTER and headers >= _ONEROSTER_PAIR)
        if has_header and (stem in form.files or form is V1):
            return form
        if form.files_suffice and stem in form.files and not headers & {"sourcedid", "sourcedids"}:
            return form
    return None


def _letters(name: str) -> str:
    return _letters_only(name.lower().removesuffix(".csv"))


def _letters_only(text: str) -> str:
    """Return a text without blanks, dashes and underscores, in lower case."""
    return re.sub(r"[\W_]", "", text).lower()


def _sets_below(folder: Path) -> Recognised | None:
    """Return the folders below that hold files of a set."""
    sets = list(islice(_folders_with_sets(folder, DEPTH), NAMED + 1))
    if not sets:
        return None
    named = [path.relative_to(folder).as_posix() for path in sets[:NAMED]]
    listed = ", ".join(named) + (" and more" if len(sets) > NAMED else "")
    message = f"the folder has no CSV file, but folders below it have: {listed}; {SCOPE}"
    return Recognised(".", message, f"Give a folder that holds a set, such as {named[0]}")


def _folders_with_sets(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the folders below that hold files of our formats, those of the nearest level first."""
    try:
        entries = sorted(islice(folder.iterdir(), LOOKED_AT))
        below = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    except OSError:
        return
    for path in below:
        if _holds_set(path):
            yield path
    if depth > 1:
        for path in below:
            yield from _folders_with_sets(path, depth - 1)


def _holds_set(folder: Path) -> bool:
    try:
        return any(entry.name.lower() in _OURS for entry in islice(folder.iterdir(), LOOKED_AT))
    except OSError:
        return False
