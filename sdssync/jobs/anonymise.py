"""
Write the last document without people, for `sdssync record`.

It proves itself before it is written: no personal value of the real document is in it, and each profile makes the same
set of both. Where chance spoils that (two invented ids in another order than the real ones, say), all is invented anew.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, OutputError
from sdssync.files.lock import installation_lock
from sdssync.files.patience import make_folder
from sdssync.isams import parser
from sdssync.isams.anonymise.codebook import Codebook
from sdssync.isams.anonymise.disguise import Disguise
from sdssync.isams.anonymise.excerpt import Chosen, Excerpt
from sdssync.isams.anonymise.pieces import numbers
from sdssync.isams.anonymise.values import Values
from sdssync.isams.anonymise.writer import Writer
from sdssync.isams.document import Document
from sdssync.isams.origin import RECORDED
from sdssync.isams.records import Records
from sdssync.isams.source import last_document
from sdssync.isams.temporary import remove_temporary, temporary_folder
from sdssync.jobs import profile_warnings
from sdssync.jobs.mirror import Mirror, SetCounts, Side, count_set
from sdssync.jobs.progress import RunProgress
from sdssync.log import events
from sdssync.publish.private_file import PrivateFile
from sdssync.report.recorded import Recorded
from sdssync.roster.excerpt import choose_excerpt
from sdssync.roster.roll import Roll, user_id
from sdssync.school import GroupKind, Pupil, Teacher

_ATTEMPTS = 12
"""An order that is kept by chance is kept in one of two attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much of the document is wanted."""

    years: frozenset[int] = frozenset()
    """Empty: all."""
    most_pupils: int | None = None
    """None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Real:
    """The real document."""

    document: Document
    values: Values
    side: Side
    """Of what is wanted."""
    chosen: Chosen | None
    """The records that are wanted; None: all."""
    sets: Mapping[str, SetCounts]
    """By profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Invented:
    """One attempt at the other document."""

    path: Path
    values: Values
    side: Side
    disguise: Disguise
    writer: Writer


def anonymise(school: ConfiguredSchool, output: Path, wanted: Wanted, progress: RunProgress) -> Recorded:
    """
    Write the document that was downloaded last, or that the settings name, without people; nothing is downloaded.

    Raises:
        SdsSyncError: the file may not be written, there is no complete document, nothing of what is wanted is in it,
            another run holds the lock, or the proof fails; nothing is written then.

    """
    started = time.monotonic()
    settings, profiles = school.settings, [profile for profile in school.profiles if profile.output]
    folders, file = settings.folders, PrivateFile(path=output)
    file.check([*(profile.folder for profile in profiles), folders.state, folders.profiles])
    profile_warnings.warn_of_others(school, ())
    with installation_lock(folders.state):
        remove_temporary(folders.state)
        with temporary_folder(folders.state) as folder:
            real = _take(settings, profiles, wanted, folder, progress)
            invented = _prove(real, settings, profiles, folder)
            content = invented.path.read_bytes()
            file.write(content)
    made = invented.side.reading.school
    recorded = Recorded(
        file=output,
        bytes=len(content),
        pupils=len(made.pupils),
        staff=len(made.teachers),
        teaching_sets=len(made.teaching_sets),
        memberships=sum(membership.rows for membership in made.memberships),
        dropped_elements=invented.writer.dropped_elements,
        dropped_attributes=invented.writer.dropped_attributes,
        profiles=tuple(profile.name for profile in profiles),
    )
    facts = {"pupils": recorded.pupils, "staff": recorded.staff, "sets": recorded.teaching_sets}
    events.log().info("document.recorded", **facts, bytes=recorded.bytes, seconds=round(time.monotonic() - started, 3))
    return recorded


def _take(
    settings: SchoolSettings, profiles: Sequence[Profile], wanted: Wanted, folder: Path, progress: RunProgress
) -> _Real:
    """
    Return the real document, as far as it is wanted.

    Raises:
        SdsSyncError: there is none that is complete, or nothing of what is wanted is in it.

    """
    taken = last_document(settings, progress=progress)
    document, side, chosen = taken.document, Side(taken.reading, taken.document.origin), None
    values = Values()
    parser.read_sections(document.path, values, progress=lambda _: None, origin=document.origin)
    if wanted != Wanted():
        chosen, records = choose_excerpt(side.roll, wanted.years, wanted.most_pupils), Records()
        _require_sets(chosen)
        excerpt = Excerpt(records, chosen)
        parser.read_sections(document.path, excerpt, progress=lambda _: None, origin=document.origin)
        side = Side(records.reading(), document.origin)
    sets = {}
    for number, profile in enumerate(profiles, 1):
        progress.profile(profile.name, number, len(profiles))
        sets[profile.name] = count_set(side.parts_of, profile, settings, folder / f"real-{number}")
    return _Real(document=document, values=values, side=side, chosen=chosen, sets=sets)


def _require_sets(chosen: Chosen) -> None:
    """
    Check that something is left: a document without pupils or sets is not complete.

    Raises:
        ConfigError: no pupil who is wanted is on the list of a teaching set.

    """
    if not chosen.pupils:
        raise ConfigError("--only-year: the document has no pupil of these years", "name other years")
    if not chosen.teaching_sets:
        raise ConfigError(
            "no pupil who would be in the document is on the list of a teaching set",
            "name other years with --only-year, or more pupils with --max-pupils",
        )


def _prove(real: _Real, settings: SchoolSettings, profiles: Sequence[Profile], folder: Path) -> _Invented:
    """
    Return a document that has no personal value of the real one, and of which each profile makes the same set.

    Raises:
        OutputError: several attempts brought none.

    """
    fault = ""
    for attempt in range(_ATTEMPTS):
        place = folder / f"attempt-{attempt}"
        make_folder(place)
        invented = _invent(real, place / "isams.xml")
        fault = next(_faults(real, invented, settings, profiles, place), "")
        if not fault:
            return invented
        events.log().debug("record.rejected", attempt=attempt + 1, reason=fault)
    raise OutputError(
        f"the document without people is not what it should be, so it was not written: {fault}",
        "start again; if it still fails, report this message to the makers of sdssync",
    )


def _invent(real: _Real, path: Path) -> _Invented:
    """Write the invented document, and read it again."""
    codebook = Codebook(real.values.words, real.values.phrases, real.values.days)
    codebook.keep_order(_ordered(real.side.roll))
    disguise, origin = Disguise(codebook), real.document.origin
    with path.open("w", encoding="utf-8", newline="\n") as file:
        writer = Writer(file, disguise)
        sections = Excerpt(writer, real.chosen) if real.chosen else writer
        parser.read_sections(real.document.path, sections, progress=lambda _: None, origin=origin)
        writer.finish()
    values = Values()
    parser.read_sections(path, values, progress=lambda _: None, origin=RECORDED)
    side = Side(parser.parse(path, progress=lambda _: None, origin=RECORDED), origin)
    return _Invented(path=path, values=values, side=side, disguise=disguise, writer=writer)


def _ordered(roll: Roll) -> Iterator[list[str]]:
    """Yield the numbers in ids whose order decides: of people who share an address, and of forms that share a name."""
    ids: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    people: list[Pupil | Teacher] = [*roll.school.pupils, *roll.school.teachers]
    for person in people:
        ids["address", person.email.strip().lower()].add(user_id(person))
    for group in roll.school.groups:
        if group.kind is GroupKind.FORM:
            ids["form", group.name].add(group.id)
    for (_, shared), holders in ids.items():
        if shared and len(holders) > 1:
            yield [number for holder in holders for number in numbers(holder)]


def _faults(
    real: _Real, invented: _Invented, settings: SchoolSettings, profiles: Sequence[Profile], folder: Path
) -> Iterator[str]:
    """Yield what is wrong with an invented document, in words without a name."""
    for holds, number in invented.values.leaked_from(real.values).items():
        yield f"{number} values of the real document are in it (kind: {holds.label})"
    if invented.side.reading.counts != real.side.reading.counts:
        yield "it has another number of records"
    mirror = Mirror(real.side, invented.side, invented.disguise)
    for number, profile in enumerate(profiles):
        counts = count_set(mirror.parts_of, profile, settings, folder / f"set-{number}")
        for difference in counts.differences(real.sets[profile.name]):
            yield f"the set of {profile.name} differs: {difference}"
