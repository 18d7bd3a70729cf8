"""
The yearly change of a profile or of `sdssync.toml`, as a new text with an explanation of each change.

Each key has a year of its own, so what has been changed already, by hand or before, is not changed again. A class id
gets the year because SDS knows a team by it: with the id of last year, last year's team goes to new pupils.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sdssync.config.class_schema import GroupsSection
from sdssync.config.schema import ProfileModel
from sdssync.config.template import GROUP_PLACEHOLDERS, MERGE_PLACEHOLDERS, Template
from sdssync.setup.school_year import (
    SchoolYear,
    later,
    names_year,
    single_years,
    with_later_single_year,
    with_year,
    years_in,
)
from sdssync.setup.toml_edit import TomlText

_ANCHORS = ("title", "suffix", "year_groups", "format", "name", "output")
_COMMENT = "with the year: a team belongs to the pupils of one year"
_CLASS_ID = "SDS knows a team by the id of its class: with last year's id, last year's team would go to new pupils"
_AGAIN = "the same command moves it"
_UNKNOWN = "it is not known for which school year; change it by hand, unless it is right"
_TEXTS = {
    "suffix": "the titles of the classes get the new year",
    "title": "the titles of the classes get the new year",
    "class_id": "the ids of the classes get the new year, so that new pupils get new teams",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that changes, and why."""

    key: str
    """Like `suffix` or `safety.freeze[0].from`."""
    before: str | None
    """None: the key is new."""
    after: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledFile:
    """A TOML file with its yearly change."""

    file: Path
    displayed: str
    before: str
    after: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    """What is left as it is although it concerns the year."""


def roll_profile(file: Path, displayed: str, text: str, year: SchoolYear, today: date) -> RolledFile:
    """
    Return a profile for a school year; the text is a valid profile.

    Raises:
        ConfigError: the file cannot be changed without losing its style.

    """
    edit = TomlText(text, displayed)
    content = tomllib.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    notes: list[str] = []
    changes = list(_texts(edit, content, year, notes))
    changes += _expiry(edit, content, year)
    if "combine" not in content and (changes or not _has_year(content)):
        changes += _class_id(edit, content, year, notes)
    elif "combine" not in content and not _has_year_in_id(content):
        notes.append("the class ids name no year: last year's teams may go to new pupils")
    notes += _further_ids(content, year)
    changes += _pupils_from(edit, content, year)
    changes += _freezes(edit, content, year, today, notes)
    return RolledFile(
        file=file,
        displayed=displayed,
        before=text,
        after=edit.finished() if changes else text,
        changes=tuple(changes),
        notes=tuple(notes),
    )


def roll_settings(file: Path, text: str, year: SchoolYear, today: date) -> RolledFile:
    """
    Return the settings file for a school year; the text is valid.

    Raises:
        ConfigError: the file cannot be changed without losing its style.

    """
    edit = TomlText(text, file.name)
    content = tomllib.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    notes: list[str] = []
    changes = tuple(_freezes(edit, content, year, today, notes))
    after = edit.finished() if changes else text
    return RolledFile(file=file, displayed=file.name, before=text, after=after, changes=changes, notes=tuple(notes))


def _texts(edit: TomlText, content: Mapping[str, Any], year: SchoolYear, notes: list[str]) -> Iterator[Change]:
    """Change the year in suffix, title and class id; a single calendar year by the year in which the profile ends."""
    expires = content.get("expires")
    ending = SchoolYear.ending(expires) if expires else None
    for key, why in _TEXTS.items():
        before = content.get(key)
        if not isinstance(before, str):
            continue
        after = with_year(before, year)
        if not any(True for _ in years_in(before)) and (ending is None or ending < year):
            after = with_later_single_year(before, ending, year) if ending else before
            if after == before and (doubtful := single_years(before, until=year)):
                notes.append(f"{key} names {', '.join(doubtful)} and stays: {_UNKNOWN}")
        if after != before:
            edit.set((key,), after)
            yield Change(key=key, before=before, after=after, why=why)


def _expiry(edit: TomlText, content: Mapping[str, Any], year: SchoolYear) -> Iterator[Change]:
    expires = content.get("expires")
    if expires and (years := year.start - SchoolYear.ending(expires).start) > 0:
        after = later(expires, years)
        edit.set(("expires",), after)
        yield Change(key="expires", before=str(expires), after=str(after), why="the last day of the new year")


def _pupils_from(edit: TomlText, content: Mapping[str, Any], year: SchoolYear) -> Iterator[Change]:
    """Move the day from which new classes have their pupils."""
    day = content.get("classes", {}).get("pupils_from")
    if day and (years := year.start - SchoolYear.beginning(day).start) > 0:
        after = later(day, years)
        edit.set(("classes", "pupils_from"), after)
        why = "the day from which the new classes have their pupils"
        yield Change(key="classes.pupils_from", before=str(day), after=str(after), why=why)


def _has_year(content: Mapping[str, Any]) -> bool:
    """Return True if a profile says for which year it is."""
    texts = (content.get(key) for key in _TEXTS)
    return "expires" in content or any(names_year(text) for text in texts if isinstance(text, str))


def _has_year_in_id(content: Mapping[str, Any]) -> bool:
    """Return True if the ids of the classes of sets differ from year to year."""
    return _differs(Template.parse(content.get("class_id", "")), content)


def _differs(pattern: Template, content: Mapping[str, Any]) -> bool:
    """Return True if the ids that a pattern makes differ from year to year."""
    return names_year(pattern.source) or ("suffix" in pattern.names and names_year(content.get("suffix", "")))


def _further_ids(content: Mapping[str, Any], year: SchoolYear) -> Iterator[str]:
    """Yield what is to be known about the ids of merged sets and groups, which stay as they are."""
    for index, merge in enumerate(content.get("classes", {}).get("merge", [])):
        yield from _note(f"classes.merge[{index}].id", Template.parse(merge["id"], MERGE_PLACEHOLDERS), content, year)
    if "groups" in content:
        pattern = content["groups"].get("class_id", GroupsSection.model_fields["class_id"].default)
        yield from _note("groups.class_id", Template.parse(pattern, GROUP_PLACEHOLDERS), content, year)


def _note(key: str, pattern: Template, content: Mapping[str, Any], year: SchoolYear) -> Iterator[str]:
    if any(named < year for named in years_in(pattern.source)):
        yield f"{key} names an earlier year and stays as it is: change it, or write {{suffix}}"
    elif not _differs(pattern, content):
        yield f"{key} names no year: last year's teams may go to new pupils"


def _class_id(edit: TomlText, content: Mapping[str, Any], year: SchoolYear, notes: list[str]) -> Iterator[Change]:
    """Put the year into the class id, by the suffix if that has one, unless it is there."""
    if content.get("parity") is True:
        notes.append("a parity profile has the ids of iSAMS-SDS.ps1: last year's teams may go to new pupils")
        return
    before = content.get("class_id")
    default = str(ProfileModel.model_fields["class_id"].default)
    pattern, suffix = before or default, content.get("suffix", "")
    if suffix and not names_year(suffix):
        notes.append("the suffix names no school year and stays as it is")
    if _has_year_in_id(content):
        return
    after = pattern + ("{suffix}" if names_year(suffix) else f"_{str(year).replace('-', '_')}")
    if before is None:
        edit.add("class_id", after, _COMMENT, _ANCHORS)
    else:
        edit.set(("class_id",), after)
    yield Change(key="class_id", before=before, after=after, why=_CLASS_ID)


def _freezes(
    edit: TomlText, content: Mapping[str, Any], year: SchoolYear, today: date, notes: list[str]
) -> Iterator[Change]:
    """Move each freeze that is over by as many years as it is behind, unless that one is there already."""
    freezes = content.get("safety", {}).get("freeze", [])
    known = {(freeze["from"], freeze["to"]) for freeze in freezes}
    for index, freeze in enumerate(freezes):
        first, last = freeze["from"], freeze["to"]
        years = year.start - SchoolYear.of(first).start
        moved = later(first, years), later(last, years)
        if years <= 0 or moved in known:
            continue
        if last >= today:
            notes.append(f"the freeze from {first} to {last} is not over yet and stays: after it, {_AGAIN}")
            continue
        known.add(moved)
        for key, before, after in (("from", first, moved[0]), ("to", last, moved[1])):
            edit.set(("safety", "freeze", index, key), after)
            path = f"safety.freeze[{index}].{key}"
            yield Change(key=path, before=str(before), after=str(after), why="the same days of the new year")
