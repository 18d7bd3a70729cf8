"""
Reads one file of `profiles.d` into a `Draft`: a profile, or all that is wrong with it. Compares drafts with each other.

Which files there are, and what becomes of the wrong ones, is told in `profile`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from sdssync.config.mistakes import FileMistakes, Mistake, check_shape, read_toml, wrong
from sdssync.config.profile import Profile
from sdssync.config.schema import ProfileModel
from sdssync.config.settings_file import SettingsFile
from sdssync.config.template import Template
from sdssync.files.paths import (
    holds,
    is_hidden_sibling,
    is_root,
    name_fault,
    path_fault,
    place,
    printable,
    resolve,
    same_name,
    shown,
)
from sdssync.sds.schema import SdsFormat

_LISTS = (
    ("", "year_groups"),
    ("subjects", "exclude"),
    ("subjects", "include"),
    ("teachers", "extra"),
    ("validate", "select"),
    ("validate", "ignore"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A profile file as read, right or wrong."""

    file: Path
    shown: str
    """The file as seen from the folder of the settings."""
    name: str
    """The name in the file, else the stem."""
    place: tuple[str, ...]
    """The output folder as `paths.place` gives it; () where nothing is written that can be used."""
    profile: Profile | None
    """What the file says, if it can be told."""
    mistakes: tuple[Mistake, ...]

    @property
    def report(self) -> FileMistakes:
        """The mistakes of this file."""
        return FileMistakes(self.shown, self.mistakes)


def read_draft(file: Path, settings: SettingsFile) -> Draft:
    """Read a profile file; it never raises for what is in the file."""
    raw = read_toml(file)
    return draft(file, raw, settings)


def draft(file: Path, raw: dict[str, Any] | Mistake, settings: SettingsFile) -> Draft:
    """Check what a profile file says, or is about to say."""
    stem = file.name[: -len(file.suffix)]
    seen_as = shown(file, settings.folder)
    if isinstance(raw, Mistake):
        return Draft(file=file, shown=seen_as, name=printable(stem), place=(), profile=None, mistakes=(raw,))
    model, mistakes = check_shape(ProfileModel, raw)
    if fault := name_fault(stem):
        mistakes += (Mistake("", f"expected a file name that Windows and Linux accept: {fault}"),)
    mistakes += _parity_mistakes(raw, settings) + _repetitions(raw)
    name, written = raw.get("name"), raw.get("output")
    output = resolve(settings.folder, written) if isinstance(written, str) and not path_fault(written) else None
    claimed = place(output) if output else ()
    if output and (refused := _output_mistakes(output, claimed, settings)):
        mistakes += refused
        claimed = ()  # one that is refused as it is stands in nobody's way
    name = name if isinstance(name, str) and not name_fault(name) else printable(stem)
    profile = _profile(model, file, name, output) if model and output and not mistakes else None
    return Draft(file=file, shown=seen_as, name=name, place=claimed, profile=profile, mistakes=mistakes)


def conflicts(drafts: Sequence[Draft]) -> list[tuple[Draft, Mistake]]:
    """Tell which profiles claim one name or one folder; each conflict is a mistake of both."""
    found: list[tuple[Draft, Mistake]] = []
    for one, other in combinations(drafts, 2):
        if same_name(one.name) == same_name(other.name):
            found += [
                (one, Mistake("name", f"expected a name of its own, found that of {other.shown}")),
                (other, Mistake("name", f"expected a name of its own, found that of {one.shown}")),
            ]
        if one.place and other.place:
            found += [*_overlap(one, other), *_overlap(other, one)]
    return found


def _overlap(one: Draft, other: Draft) -> list[tuple[Draft, Mistake]]:
    """Tell both what is wrong when the output of one is, or holds, that of the other; equal ones are told once each."""
    if one.place == other.place:
        return [(one, Mistake("output", f"expected a folder of its own, found the output of {other.shown}"))]
    if not holds(one.place, other.place):
        return []
    return [
        (one, Mistake("output", f"expected a folder of its own, found one that holds the output of {other.shown}")),
        (other, Mistake("output", f"expected a folder of its own, found one inside the output of {one.shown}")),
    ]


def _parity_mistakes(raw: Mapping[str, Any], settings: SettingsFile) -> tuple[Mistake, ...]:
    """Tell what a parity profile may not have, because the script had nothing of the kind."""
    if raw.get("parity") is not True:
        return ()
    beside = {
        'format "v2.1"': raw.get("format") == SdsFormat.V21,
        "title": "title" in raw,
        "class_id": "class_id" in raw,
        "include_names, which is true in the settings": settings.include_names,
    }
    return tuple(
        Mistake("parity", f"expected false together with {what}, found true")
        for what, applies in beside.items()
        if applies
    )


def _repetitions(raw: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Tell values that stand twice in a list; in a parity profile each listing of a teacher counts."""
    found = []
    for table, key in _LISTS:
        values = raw.get(table, {}) if table else raw
        values = values.get(key) if isinstance(values, dict) else None
        if not isinstance(values, list) or (table == "teachers" and raw.get("parity") is True):
            continue
        seen: set[str] = set()
        for index, value in enumerate(values):
            if not isinstance(value, str | int) or (isinstance(value, int) and abs(value) > 10**18):
                continue  # another mistake, told elsewhere
            same = str(value).casefold() if table == "teachers" else str(value)
            if same in seen:
                key_path = f"{table}.{key}[{index}]".lstrip(".")
                found.append(wrong(key_path, "each value once", value, "it stands there twice"))
            seen.add(same)
    return tuple(found)


def _output_mistakes(output: Path, claimed: tuple[str, ...], settings: SettingsFile) -> tuple[Mistake, ...]:
    """Tell what the settings alone show against an output folder, at most one thing: publishing replaces it."""
    ours = (("settings", settings.folder), ("state", settings.state), ("profiles", settings.profiles))
    state = place(settings.state)
    faults = (
        (is_root(output), "a drive or root"),
        *((holds(claimed, place(folder)), f"one that is or holds the folder of the {what}") for what, folder in ours),
        (holds(state, claimed), "one inside the folder of the state"),
        (is_hidden_sibling(output), "one with the name of a set in the making"),
    )
    found = [fault for applies, fault in faults if applies]
    return tuple(Mistake("output", f"expected a folder for the CSV files alone, found {fault}") for fault in found[:1])


def _profile(model: ProfileModel, file: Path, name: str, output: Path) -> Profile:
    """Turn a right model into a profile."""
    include = model.subjects.include
    return Profile(
        name=name,
        file=file,
        format=SdsFormat(model.format),
        year_groups=tuple(model.year_groups),
        suffix=model.suffix,
        output=output,
        output_as_written=model.output,
        expires=model.expires,
        title=Template.parse(model.title),
        class_id=Template.parse(model.class_id),
        parity=model.parity,
        include=None if include is None else tuple(include),
        exclude=tuple(model.subjects.exclude or ()),
        extra_teachers=tuple(model.teachers.extra or ()),
        select=tuple(model.validation.select or ()),
        ignore=tuple(model.validation.ignore or ()),
    )
