"""The text of a new profile: its options as TOML, with a comment after each key."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomli_w

from sdssync.config.fields import FIRST_YEAR, LAST_YEAR
from sdssync.config.mistakes import describe
from sdssync.errors import ConfigError
from sdssync.sds.formats import SdsFormat

_RANGE = re.compile(r"(-?\d{1,2})(?:-(-?\d{1,2}))?")

_PROFILE_COMMENT = "An SDS profile: `sdssync run-all` runs it."
_KEY_COMMENTS = {
    "format": "v2.1 is what SDS takes today; v2 are the four files of iSAMS-SDS.ps1",
    "year_groups": "the years of pupils and teaching sets",
    "suffix": "after the title of each class; a new one each year",
    "output": "this folder belongs to sdssync alone",
    "expires": "the last day on which the profile runs",
    "title": "of each class",
    "class_id": "of each class; SDS takes another id as another class",
    "combine": "one set of the rows of these profiles; SDS takes one data source for each tenant",
    "[subjects]": "subject ids; `sdssync subjects` lists them",
    "subjects.exclude": "these are left out",
    "subjects.include": "only these are taken",
    "[teachers]": "in addition to those whom iSAMS names",
    "teachers.extra": "added to every class, by e-mail address; * and ? are wildcards",
    "[classes]": "set codes; * and ? are wildcards",
    "classes.exclude": "these sets make no class",
    "[groups]": "each needs its tick in iSAMS; without it every run fails",
    "groups.forms": "a class for each form",
    "groups.houses": "a class for each house",
    "groups.year_groups": "a class for each year",
}
"""What a new profile says about each key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOptions:
    """What a new profile is to say; what is None or empty is not written."""

    years: str | None = None
    """Like `7-13`, `7,8,10-12` or `-2-0`."""
    exclude: tuple[str, ...] = ()
    """Subject ids."""
    include: tuple[str, ...] = ()
    suffix: str = ""
    output: str | None = None
    """Default: `csv/NAME`."""
    expires: date | None = None
    format: SdsFormat = SdsFormat.V21
    title: str | None = None
    class_id: str | None = None
    extra: tuple[str, ...] = ()
    """Addresses of teachers who are added to every class."""
    combine: tuple[str, ...] = ()
    """Names of the profiles that are the parts of a combined one."""
    exclude_classes: tuple[str, ...] = ()
    """Patterns of the codes of sets."""
    forms: bool = False
    """A class for each form, and so on."""
    houses: tuple[str, ...] = ()
    """`academic`, `boarding` or both."""
    year_groups: bool = False


def profile_text(name: str, options: ProfileOptions) -> str:
    """Return a new profile as TOML: a comment after each key, and each list on one line."""
    text = _with_plain_path(_on_one_line(tomli_w.dumps(_profile_values(name, options))))
    lines = [f"# {_PROFILE_COMMENT}", *text.splitlines()]
    table = ""
    for index, line in enumerate(lines):
        key = table + line.partition(" = ")[0]
        if line.startswith("["):
            key, table = line, line.strip("[]") + "."
        if comment := _KEY_COMMENTS.get(key):
            lines[index] = f"{line:<40} # {comment}"
    return "\n".join(lines) + "\n"


def _on_one_line(text: str) -> str:
    """Put each list on one line; tomli-w writes a line for each item."""
    return re.sub(
        r"\[\n((?: {4}.*,\n)+)\]",
        lambda match: "[" + ", ".join(line.strip().removesuffix(",") for line in match[1].splitlines()) + "]",
        text,
    )


def _with_plain_path(text: str) -> str:
    """Put an output with backslashes into single quotes, in which they are themselves; tomli-w doubles them."""
    return re.sub(
        r"""^output = "([^"'\\]*(?:\\\\[^"'\\]*)+)"$""",
        lambda match: f"output = '{match[1].replace(chr(92) * 2, chr(92))}'",
        text,
        flags=re.MULTILINE,
    )


def _profile_values(name: str, options: ProfileOptions) -> dict[str, Any]:
    """Return the options as the keys of a profile file."""
    given: dict[str, Any] = {
        "format": options.format.value,
        "year_groups": None if options.years is None else parse_years(options.years),
        "suffix": options.suffix or None,
        "output": f"csv/{name}" if options.output is None else options.output,
        "expires": options.expires,
        "title": options.title,
        "class_id": options.class_id,
        "combine": [*options.combine] or None,
    }
    subjects = {"exclude": [*map(_subject, options.exclude)], "include": [*map(_subject, options.include)]}
    given["subjects"] = {key: ids for key, ids in subjects.items() if ids} or None
    given["teachers"] = {"extra": [*options.extra]} if options.extra else None
    given["classes"] = {"exclude": [*options.exclude_classes]} if options.exclude_classes else None
    groups = {"forms": options.forms, "houses": [*options.houses], "year_groups": options.year_groups}
    given["groups"] = {key: value for key, value in groups.items() if value} or None
    return {key: value for key, value in given.items() if value is not None}


def parse_years(text: str) -> list[int]:
    """
    Read years and ranges of years, separated by commas.

    Raises:
        ConfigError: the text is something else, a range runs backwards, or a year is out of range.
    """
    years: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first = int(match[1]) if match else 1
        last = int(match[2] or match[1]) if match else 0
        if not FIRST_YEAR <= first <= last <= LAST_YEAR:
            raise ConfigError(
                f"--years: expected years from {FIRST_YEAR} to {LAST_YEAR} like 7-13, 7,8,10-12 or -2-0,"
                f" found {describe(part.strip())}",
                "@(7,8,9) of PowerShell is written 7-9"
                if "@" in text
                else "write ranges with a hyphen, without blanks",
            )
        years.extend(range(first, last + 1))
    return years


def _subject(text: str) -> int | str:
    """Return the id of a subject as a number if that loses nothing."""
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,17}", text) else text
