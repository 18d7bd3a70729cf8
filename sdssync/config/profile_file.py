"""
Read one file of `profiles.d` into a `ProfileFile`: a profile, or everything that is wrong with it.

Which files there are, and what follows from a wrong one, is in `installation`; what is wrong between two is in
`conflicts`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from sdssync.config.class_tables import class_mistakes, classes_of, groups_of
from sdssync.config.mistakes import FileMistakes, Mistake, wrong
from sdssync.config.profile import Org, Profile, is_wildcard
from sdssync.config.safety_tables import profile_safety_mistakes, profile_safety_of
from sdssync.config.schema import CombinedModel, ProfileModel
from sdssync.config.settings_file import SettingsFile
from sdssync.config.shape import check_shape, unique_lists
from sdssync.config.template import Template
from sdssync.config.toml_file import read_toml
from sdssync.config.upload_tables import profile_upload_mistakes, profile_upload_of
from sdssync.files.names import name_fault, printable, same_name
from sdssync.files.paths import comparable, contains, display, is_hidden_sibling, is_root, path_fault, resolve
from sdssync.sds.formats import SdsFormat

_MOST_WILDCARDS = 100
"""Entries of `teachers.extra` with a wildcard: a school has a handful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFile:
    """A profile file that has been read: with a profile, or with mistakes."""

    file: Path
    displayed: str
    """The path as seen from the folder of the settings."""
    name: str
    """The name that the file gives to the profile, otherwise the name of the file without its ending."""
    combine: tuple[str, ...] = ()
    """The names of the parts of a combined profile, as far as they can be read."""
    lacks_output: bool = False
    """True if the file names no output folder: it must be a part of a combined profile."""
    claim: tuple[str, ...]
    """The output folder in the form of `paths.comparable`; () if the file names none that a profile may have."""
    mistakes: tuple[Mistake, ...]
    profile: Profile | None
    """None if there are mistakes."""

    @property
    def report(self) -> FileMistakes:
        """The mistakes, for `mistakes.render`."""
        return FileMistakes(self.displayed, self.mistakes)

    def with_mistakes(self, mistakes: Sequence[Mistake]) -> Self:
        """Return the file with further mistakes; with any, it has no profile."""
        return replace(self, mistakes=(*self.mistakes, *mistakes), profile=None) if mistakes else self


def read_profile_file(file: Path, settings: SettingsFile) -> ProfileFile:
    """Read a profile file; what is wrong with it becomes its mistakes."""
    return check_profile_file(file, read_toml(file), settings)


def check_profile_file(file: Path, content: Mapping[str, Any] | Mistake, settings: SettingsFile) -> ProfileFile:
    """Check what a profile file says or is going to say; a `Mistake` as its content is why it could not be read."""
    displayed = display(file, settings.folders.installation)
    if isinstance(content, Mistake):
        name = _name({}, file)
        return ProfileFile(file=file, displayed=displayed, name=name, claim=(), mistakes=(content,), profile=None)
    if "combine" in content:
        return _check_combined(file, content, settings)
    model, shape_mistakes = check_shape(ProfileModel, content)
    name, output = _name(content, file), _output(content, settings)
    output_mistakes = _output_mistakes(output, settings) if output else ()
    mistakes = (
        *shape_mistakes,
        *_file_name_mistakes(file),
        *_parity_mistakes(content, settings),
        *_org_mistakes(content, settings),
        *_repetitions(content, ProfileModel),
        *_safety_mistakes(model, settings),
        *profile_upload_mistakes(model, settings.school),
        *_wildcard_mistakes(model),
        *class_mistakes(model),
        *output_mistakes,
    )
    return ProfileFile(
        file=file,
        displayed=displayed,
        name=name,
        lacks_output="output" not in content,
        claim=comparable(output) if output and not output_mistakes else (),
        mistakes=mistakes,
        profile=_profile(model, file, name, output) if model and not mistakes else None,
    )


def _check_combined(file: Path, content: Mapping[str, Any], settings: SettingsFile) -> ProfileFile:
    """Check what the file of a combined profile says by itself; `combined` looks at its parts."""
    model, shape_mistakes = check_shape(CombinedModel, content)
    name, output = _name(content, file), _output(content, settings)
    output_mistakes = _output_mistakes(output, settings) if output else ()
    names = content["combine"] if isinstance(content["combine"], list) else []
    mistakes = (
        *shape_mistakes,
        *_file_name_mistakes(file),
        *_repetitions(content, CombinedModel),
        *_safety_mistakes(model, settings),
        *profile_upload_mistakes(model, settings.school),
        *output_mistakes,
    )
    return ProfileFile(
        file=file,
        displayed=display(file, settings.folders.installation),
        name=name,
        combine=tuple(text for text in names if isinstance(text, str)),
        claim=comparable(output) if output and not output_mistakes else (),
        mistakes=mistakes,
        profile=_combined(model, file, name, output) if model and output and not mistakes else None,
    )


def _stem(file: Path) -> str:
    return file.name[: -len(file.suffix)]


def _name(content: Mapping[str, Any], file: Path) -> str:
    """Return the name in the file if it is usable, otherwise the name of the file without its ending."""
    name = content.get("name")
    return name if isinstance(name, str) and not name_fault(name) else printable(_stem(file))


def _output(content: Mapping[str, Any], settings: SettingsFile) -> Path | None:
    """Return the output folder, if the file names one."""
    text = content.get("output")
    return resolve(settings.folders.installation, text) if isinstance(text, str) and not path_fault(text) else None


def _file_name_mistakes(file: Path) -> tuple[Mistake, ...]:
    """Return what is wrong with the name of the file, which has to be safe even if the profile has another name."""
    fault = name_fault(_stem(file))
    return (Mistake("", f"expected a file name that Windows and Linux accept: {fault}"),) if fault else ()


def _parity_mistakes(content: Mapping[str, Any], settings: SettingsFile) -> tuple[Mistake, ...]:
    """Return what a parity profile may not have, because iSAMS-SDS.ps1 has nothing like it."""
    if content.get("parity") is not True:
        return ()
    others = {
        'format "v2.1"': content.get("format") == SdsFormat.V21,
        "[org]": "org" in content,
        "title": "title" in content,
        "class_id": "class_id" in content,
        "[classes]": "classes" in content,
        "[groups]": "groups" in content,
        "include_names, which is true in the settings": settings.include_names,
    }
    return tuple(
        Mistake("parity", f"expected false together with {other}, found true")
        for other, is_set in others.items()
        if is_set
    )


def _org_mistakes(content: Mapping[str, Any], settings: SettingsFile) -> tuple[Mistake, ...]:
    """Return what is wrong with the organisation of a profile: it is below the school, and not the school itself."""
    org = content.get("org")
    if isinstance(org, Mapping) and settings.school and org.get("id") == settings.school.identity.id:
        text = "expected an id of its own, found that of the school; without [org] everything belongs to the school"
        return (Mistake("org.id", text),)
    return ()


def _safety_mistakes(model: ProfileModel | CombinedModel | None, settings: SettingsFile) -> tuple[Mistake, ...]:
    """Return what is wrong with `[safety]`, as far as both files can be read."""
    return tuple(profile_safety_mistakes(model.safety, settings.school)) if model and settings.school else ()


def _repetitions(content: Mapping[str, Any], model: type[ProfileModel] | type[CombinedModel]) -> tuple[Mistake, ...]:
    """Return the values that repeat in a list; in a parity profile a teacher may, because each listing counts."""
    same = same_name if "combine" in content else str.casefold
    found = [mistake for key in unique_lists(model) for mistake in _repeated(content, key, same)]
    if content.get("parity") is not True:
        found += _repeated(content, "teachers.extra", str.casefold)
    return tuple(found)


def _wildcard_mistakes(model: ProfileModel | None) -> tuple[Mistake, ...]:
    """Return that a profile has too many wildcards: each is compared with the addresses of all staff."""
    number = sum(map(is_wildcard, model.teachers.extra or ())) if model else 0
    text = f"expected at most {_MOST_WILDCARDS} entries with a wildcard, found {number:,}"
    return (Mistake("teachers.extra", text),) if number > _MOST_WILDCARDS else ()


def _repeated(content: Mapping[str, Any], key: str, same: Callable[[str], str]) -> Iterator[Mistake]:
    """Yield the values of one list that appear earlier in it; `same` returns the form in which they are compared."""
    section, _, name = key.rpartition(".")
    table = content.get(section) if section else content
    values = table.get(name) if isinstance(table, Mapping) else None
    if not isinstance(values, list):
        return
    seen: set[str] = set()
    for index, value in enumerate(values):
        if not isinstance(value, str | int) or (isinstance(value, int) and abs(value) > 10**18):
            continue  # a mistake of its own, which the model reports
        form = same(str(value))
        if form in seen:
            yield wrong(f"{key}[{index}]", "each value once", value, "it is in the list already")
        seen.add(form)


def _output_mistakes(output: Path, settings: SettingsFile) -> tuple[Mistake, ...]:
    """Return why the settings do not allow an output folder, at most one reason: publishing replaces the folder."""
    fault = _output_fault(output, settings)
    return (Mistake("output", f"expected a folder for the CSV files alone, found {fault}"),) if fault else ()


def _output_fault(output: Path, settings: SettingsFile) -> str:
    if is_root(output):
        return "a drive or root"
    claim = comparable(output)
    folders = settings.folders
    ours = (("settings", folders.installation), ("state", folders.state), ("profiles", folders.profiles))
    for what, folder in ours:
        if contains(claim, comparable(folder)):
            return f"one that is or contains the folder of the {what}"
    if contains(comparable(folders.state), claim):
        return "one inside the state folder"
    if is_hidden_sibling(output):
        return "one named like a set that is being built"
    return ""


def _combined(model: CombinedModel, file: Path, name: str, output: Path) -> Profile:
    """Turn a valid model into a combined profile, as yet without its parts; what only a part has is as by default."""
    return replace(
        _profile(ProfileModel(), file, name, output),
        format=SdsFormat(model.format),
        year_groups=(),
        output_as_written=model.output,
        expires=model.expires,
        select=tuple(model.validation.select or ()),
        ignore=tuple(model.validation.ignore or ()),
        safety=profile_safety_of(model.safety),
        upload=profile_upload_of(model),
    )


def _profile(model: ProfileModel, file: Path, name: str, output: Path | None) -> Profile:
    """Turn a valid model into a profile."""
    include = model.subjects.include
    return Profile(
        name=name,
        file=file,
        format=SdsFormat(model.format),
        year_groups=tuple(model.year_groups),
        suffix=model.suffix,
        output=output,
        output_as_written=model.output or "",
        expires=model.expires,
        org=Org(id=model.org.id, name=model.org.name, type=model.org.type) if model.org else None,
        title=Template.parse(model.title),
        class_id=Template.parse(model.class_id),
        parity=model.parity,
        include=None if include is None else tuple(include),
        exclude=tuple(model.subjects.exclude or ()),
        extra_teachers=tuple(model.teachers.extra or ()),
        classes=classes_of(model),
        groups=groups_of(model),
        select=tuple(model.validation.select or ()),
        ignore=tuple(model.validation.ignore or ()),
        safety=profile_safety_of(model.safety),
        upload=profile_upload_of(model),
    )
