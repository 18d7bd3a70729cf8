"""
Compare the published set of a profile, or any folder, with another folder, offline; nothing is changed.

Where the first set is that of a profile, the last document says why the other one differs.
"""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import render
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, OutputError, SourceError, os_reason
from sdssync.files.folders import is_folder
from sdssync.files.names import printable
from sdssync.files.paths import comparable
from sdssync.files.regular import NotRegularError
from sdssync.isams.source import Taken, last_document
from sdssync.jobs.progress import RunProgress
from sdssync.jobs.run import source_facts
from sdssync.jobs.selections import Selections, enrol_parts
from sdssync.jobs.targets import find_school, named_profile, require_folders
from sdssync.jobs.waiting import hold_waiting_pupils
from sdssync.log import events
from sdssync.report.matter import quoted
from sdssync.roster.csv_files import contents, csv_files
from sdssync.safety.comparison import compare_sets
from sdssync.safety.csv_set import has_set, parse_set, read_set
from sdssync.safety.kept_addresses import keep_addresses
from sdssync.safety.reasons import ComparedSet, Comparison, Evidence, Reasons


def compare(config: Path | None, target: str, other: str, today: date, progress: RunProgress) -> Comparison:
    """
    Compare the set of a profile, or of a folder, with that of a folder.

    Raises:
        ConfigError: the settings are wrong, or there is no such profile, folder or set.
        OutputError: a file cannot be read.

    """
    for place, argument in (("first", target), ("second", other)):
        if not argument.strip():
            raise ConfigError(f"the {place} argument is empty", "name a profile or a folder, and then a folder")
    school = find_school(config, (target,), "the folders are compared without the reasons that a profile tells")
    if school is None:
        require_folders((target,))
    profile = _profile(target, school)
    first = _read(profile.folder, profile.output_as_written, profile) if profile else _read(Path(target), target, None)
    second = _read(Path(other), other, None)
    taken = _document(school.settings, progress) if school and profile else None
    evidence = _evidence(profile, taken, school.settings, today) if school and profile and taken else None
    reasons = Reasons(first.csv_set, second.csv_set, evidence)
    return Comparison(
        first=first,
        second=second,
        evidence=evidence,
        document_of=taken.document.downloaded_at if taken else None,
        differences=tuple(map(reasons.explain, compare_sets(first.csv_set, second.csv_set))),
    )


def _profile(target: str, school: ConfiguredSchool | None) -> Profile | None:
    """
    Return the profile of that name, or the one whose output folder it is; None: it is another folder.

    Raises:
        ConfigError: there is neither, or the profile has mistakes.

    """
    found = named_profile(target, school)
    if found is None:
        profiles: Sequence[Profile] = school.profiles if school else ()
        wanted = comparable(Path(target))
        return next((each for each in profiles if each.output and comparable(each.output) == wanted), None)
    if found.profile is None:
        raise ConfigError(render([found.report]))
    return found.profile


def _read(folder: Path, displayed: str, profile: Profile | None) -> ComparedSet:
    """Read a set; there has to be one."""
    name = printable(displayed)
    if profile and not has_set(folder):
        raise ConfigError(
            f"{profile.name} has published nothing yet: there is no set in {name}",
            f"sdssync run {quoted(profile.name)}; or compare a set of --dry-run --keep DIR",
        )
    if not is_folder(folder):
        what = f"{name} is not a folder" if os.path.lexists(folder) else f"there is no folder {name}"
        raise ConfigError(what, "name the folder that holds users.csv and the other files")
    if not has_set(folder):
        raise ConfigError(
            f"{name} is not a CSV set: expected users.csv, classes.csv or enrollments.csv, found none",
            "name the folder that holds these files",
        )
    try:
        csv_set = read_set(folder)
    except OSError as error:
        is_file = not isinstance(error, NotRegularError)
        hint = "let the account of sdssync read it" if is_file else "put the file of the set there, or name another set"
        file = printable(str(Path(displayed) / Path(error.filename).name)) if error.filename else name
        raise OutputError(f"{file} cannot be read: {os_reason(error)}", hint) from error
    return ComparedSet(displayed=displayed, profile=profile.name if profile else None, csv_set=csv_set)


def _document(settings: SchoolSettings, progress: RunProgress) -> Taken | None:
    """Return the last document; without one there are fewer reasons, and a warning says so."""
    try:
        return last_document(settings, progress=progress)
    except (SourceError, ConfigError) as error:
        events.log().warning(
            "source.missed", error=error.message, hint="differences are listed without reasons of iSAMS"
        )
        return None


def _evidence(profile: Profile, taken: Taken, settings: SchoolSettings, today: date) -> Evidence:
    """Return what the document gives for the profile: the set that a run would make of it."""
    has_expired = profile.has_expired(today)
    current = profile if has_expired else profile.on(today)
    addresses = keep_addresses(taken.reading.school, settings.folders.state, today, settings.safety.keep_address)
    parts = Selections(taken, addresses, source_facts(taken)).parts_of(current)
    roster = hold_waiting_pupils(enrol_parts(parts, profile, settings.identity), current, settings, today)
    files = contents(csv_files(roster, settings.identity, current))
    kept = () if profile.parity else addresses.of((user.id, user.username) for user in roster.users)
    usernames = {entry.username for entry in kept}
    return Evidence(
        identity=settings.identity,
        parts=parts,
        roster=roster,
        expected=parse_set(lambda name: files.get(name, b"")),
        has_expired=has_expired,
        kept=frozenset(user.id for user in roster.users if user.username in usernames),
    )
