"""
Look at all profile files together: which are parts of combined profiles, and what is wrong between them.

A combined profile with a wrong part is wrong itself: without that part its people would look like leavers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from sdssync.config.mistakes import Mistake, describe
from sdssync.config.profile import Org, Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.safety import ProfileSafety
from sdssync.files.names import nearest_name, same_name

_FEW = 10
"""Other files that a mistake names."""


def join_parts(files: Sequence[ProfileFile]) -> tuple[ProfileFile, ...]:
    """Return the files with combined profiles that have their parts, and with the mistakes that this shows."""
    parts = {same_name(name) for file in files for name in file.combine}
    orgs, senders = _orgs(files), _senders(files)
    judged = [
        file.with_mistakes([*_as_part(file, parts), *_of_orgs(file, orgs), *_of_connectors(file, senders)])
        for file in files
    ]
    by_name = {same_name(file.name): file for file in judged}
    return tuple(_joined(file, by_name) if file.combine else file for file in judged)


def owners_of(part: ProfileFile, files: Sequence[ProfileFile]) -> tuple[str, ...]:
    """Return the names of the combined profiles that a profile is a part of."""
    return tuple(file.name for file in files if any(same_name(name) == same_name(part.name) for name in file.combine))


def _as_part(file: ProfileFile, parts: set[str]) -> Iterator[Mistake]:
    """Yield what a profile without an output folder may not be or have."""
    profile = file.profile
    if not file.lacks_output:
        return
    if same_name(file.name) not in parts:
        yield Mistake("output", "required, but missing")
        return
    if profile and (profile.select or profile.ignore):
        text = "expected only in a profile with an output; the combined profile has its own [validate]"
        yield Mistake("validate", text)
    if profile and profile.safety != ProfileSafety():
        text = "expected only in a profile with an output; the combined profile has its own [safety]"
        yield Mistake("safety", text)
    if profile and profile.upload:
        text = "expected only in a profile with an output; the combined profile has its own [upload]"
        yield Mistake("upload", text)


def _orgs(files: Sequence[ProfileFile]) -> Mapping[str, Mapping[Org, ProfileFile]]:
    """Return the organisations by id, each as the profiles describe it, with the first file that does so."""
    orgs: defaultdict[str, dict[Org, ProfileFile]] = defaultdict(dict)
    for file in files:
        if file.profile and file.profile.org:
            orgs[file.profile.org.id].setdefault(file.profile.org, file)
    return orgs


def _of_orgs(file: ProfileFile, orgs: Mapping[str, Mapping[Org, ProfileFile]]) -> Iterator[Mistake]:
    """Yield where a profile and others, a few of them, give one organisation different names or types."""
    org = file.profile.org if file.profile else None
    if org is None:
        return
    others = (other for another, other in orgs[org.id].items() if another != org)
    for other in islice(others, _FEW):
        text = f"expected the name and type that {other.displayed} gives to the organisation of this id"
        yield Mistake("org", text)


def _senders(files: Sequence[ProfileFile]) -> Mapping[str, Sequence[ProfileFile]]:
    """Return the files whose sets go to each connector."""
    senders: defaultdict[str, list[ProfileFile]] = defaultdict(list)
    for file in files:
        if file.profile and file.profile.upload:
            senders[same_name(file.profile.upload.connector)].append(file)
    return senders


def _of_connectors(file: ProfileFile, senders: Mapping[str, Sequence[ProfileFile]]) -> Iterator[Mistake]:
    """Yield which other profiles, a few of them, hand their sets over to the connector of this one."""
    upload = file.profile.upload if file.profile else None
    if upload is None:
        return
    others = (other for other in senders[same_name(upload.connector)] if other is not file)
    for other in islice(others, _FEW):
        text = (
            f"expected a connector of its own, found that of {other.displayed}: "
            "SDS takes one data source, so hand over the set of a combined profile (combine = [...])"
        )
        yield Mistake("upload.connector", text)


def _joined(file: ProfileFile, by_name: Mapping[str, ProfileFile]) -> ProfileFile:
    """Return a combined profile with its parts."""
    found = [(index, name, by_name.get(same_name(name))) for index, name in enumerate(file.combine)]
    mistakes = [
        Mistake(f"combine[{index}]", fault)
        for index, name, part in found
        if (fault := _fault(name, part, [other.name for other in by_name.values()]))
    ]
    profiles = [part.profile for _, _, part in found if part and part.profile]
    if mistakes or file.profile is None:
        return file.with_mistakes(mistakes)
    return replace(file, profile=_with_parts(file.profile, profiles))


def _fault(name: str, part: ProfileFile | None, names: Sequence[str]) -> str:
    """Return why a profile cannot be a part, or ""."""
    if part is None:
        near = nearest_name(name, names)
        return f"there is no profile {describe(name)}" + (f"; did you mean {near}?" if near else "")
    if part.combine:
        return f"expected a profile that is not combined itself, found {describe(part.name)}"
    if part.profile is None:
        return f"{part.displayed} has mistakes; without this part its people would look like leavers"
    if part.profile.parity:
        return f"expected a profile without parity, found {describe(part.name)}"
    return ""


def _with_parts(profile: Profile, parts: Sequence[Profile]) -> Profile:
    """Return a combined profile with its parts, by name: the order in which they are listed means nothing."""
    years = sorted({year for part in parts for year in part.year_groups})
    in_order = tuple(sorted(parts, key=lambda part: same_name(part.name)))
    return replace(profile, year_groups=tuple(years), combined=in_order)
