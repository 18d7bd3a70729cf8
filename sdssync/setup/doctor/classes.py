"""Checks of the profiles against the school: expiry, subjects, years, and classes that two of them make."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from sdssync.config.profile import EXPIRY_NOTICE, Profile
from sdssync.roster.candidates import candidate_classes
from sdssync.roster.class_candidate import CandidateClass
from sdssync.roster.combine import Part, unite
from sdssync.roster.roll import Roll, call_roll
from sdssync.roster.selection import select, unknown_subjects
from sdssync.setup.doctor.diagnosis import Diagnosis, failure, ok, warning
from sdssync.setup.doctor.patient import Patient

_LISTED = 5


def expiry(patient: Patient) -> Iterator[Diagnosis]:
    """Report profiles that have expired, or will soon."""
    later = "set a later date in the profile, or let it end"
    lasting = []
    for profile in patient.publishing:
        last = profile.last_day
        if last is None:
            lasting.append(f"{profile.name} never")
        elif profile.has_expired(patient.today):
            yield warning(f"{profile.name} expired on {last}: its teams are no longer updated", later)
        elif (left := (last - patient.today).days) <= EXPIRY_NOTICE:
            yield warning(f"{profile.name} expires on {last}, in {left} days", later)
        else:
            lasting.append(f"{profile.name} on {last}")
    for part, owner in _expired_parts(patient):
        yield warning(
            f"{part.name}, a part of {owner.name}, expired on {part.last_day}: its people leave the set", later
        )
    if patient.publishing and not patient.current:
        yield failure("every profile has expired: nothing is published any more", "set later dates in the profiles")
    if lasting:
        yield ok(f"expire: {', '.join(lasting)}")


def subjects(patient: Patient) -> Iterator[Diagnosis]:
    """Report subject ids of profiles that the school does not have."""
    roll = _roll(patient)
    is_good = True
    for part in patient.parts:
        if unknown := unknown_subjects(roll, part):
            is_good = False
            yield warning(
                f"{part.name}: iSAMS has no subject with the id {', '.join(unknown)}",
                "`sdssync subjects` lists the ids; correct them under [subjects]",
            )
    if is_good:
        yield ok("each subject id of a profile is one that iSAMS has")


def years(patient: Patient) -> Iterator[Diagnosis]:
    """Report years of profiles in which the school has no teaching set."""
    roll = _roll(patient)
    is_good = True
    for part in patient.parts:
        selection = select(roll, part)
        taken = {teaching_set.year for teaching_set in selection.teaching_sets}
        lacking = [str(year) for year in part.year_groups if str(year) not in taken]
        if selection.groups and not taken:
            continue  # all of its classes are forms, houses or years
        is_good = is_good and not lacking
        if not taken:
            yield failure(
                f"{part.name} takes no teaching set at all",
                "compare year_groups, [subjects] and [classes] with `sdssync subjects --years`",
            )
        elif lacking:
            yield warning(
                f"{part.name} takes no teaching set of year {', '.join(lacking)}",
                "correct year_groups and [subjects], or the years of the sets in iSAMS",
            )
    if is_good:
        yield ok("each year of a profile has teaching sets")


def shared(patient: Patient) -> Iterator[Diagnosis]:
    """Report classes that two parts of a set make, which rejects it, or two sets, of which SDS takes the last one."""
    roll = _roll(patient)
    made = {profile.name: _made_by(roll, profile) for profile in patient.current}
    is_good = True
    for profile in patient.current:
        for pair, classes in _made_twice(made[profile.name]).items():
            is_good = False
            yield failure(
                f"{profile.name}: {' and '.join(pair)} both make {_named(classes)}",
                "let only one of the parts take these sets, by years or subjects: SDS202 would reject the set",
            )
    for one, other in combinations(patient.current, 2):
        if _is_part(one, other) or _is_part(other, one):
            continue
        if both := made[one.name].keys() & made[other.name].keys():
            is_good = False
            yield warning(
                f"{one.name} and {other.name} both make {_named([made[one.name][class_id][0] for class_id in both])}",
                "let only one of them take these sets, or give one another class_id: in SDS they are the same classes",
            )
    if is_good:
        yield ok("no two profiles make the same class")


def _expired_parts(patient: Patient) -> Iterator[tuple[Profile, Profile]]:
    for profile in patient.publishing:
        if not profile.has_expired(patient.today):
            yield from ((part, profile) for part in profile.combined if part.has_expired(patient.today))


def _roll(patient: Patient) -> Roll:
    """
    Return the school of the document.

    Raises:
        ValueError: there is no document.

    """
    if patient.document is None:
        raise ValueError("no document")
    return call_roll(patient.document.school)


def _made_by(roll: Roll, profile: Profile) -> Mapping[str, Sequence[CandidateClass]]:
    """Return the classes that the parts of a profile make, by id."""
    parts = [Part(profile=part, selection=select(roll, part)) for part in profile.parts]
    made: defaultdict[str, list[CandidateClass]] = defaultdict(list)
    for candidate in candidate_classes(parts, unite([part.selection for part in parts])):
        made[candidate.id].append(candidate)
    return made


def _made_twice(
    made: Mapping[str, Sequence[CandidateClass]],
) -> Mapping[tuple[str, str], Sequence[CandidateClass]]:
    """Return the classes that each two parts of a profile both make."""
    found: defaultdict[tuple[str, str], list[CandidateClass]] = defaultdict(list)
    for candidates in made.values():
        first = {candidate.part.name: candidate for candidate in reversed(candidates)}
        for pair in combinations(sorted(first), 2):
            found[pair].append(first[pair[0]])
    return found


def _is_part(profile: Profile, of: Profile) -> bool:
    return any(part.name == profile.name for part in of.combined)


def _named(classes: Sequence[CandidateClass]) -> str:
    """Return how many classes there are, with the ids in iSAMS of what the first are made of."""
    ids = sorted({", ".join(candidate.made_of.ids) for candidate in classes})
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    count = f"{len(classes)} class{'' if len(classes) == 1 else 'es'}"
    return f"{count}, of the teaching sets with the ids {', '.join(ids[:_LISTED])}{more}"
