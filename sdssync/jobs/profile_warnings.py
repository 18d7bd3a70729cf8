"""What the log says about a profile in addition to its outcome: expiry, names that iSAMS does not have, findings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import render
from sdssync.config.profile import EXPIRY_NOTICE, Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.template import Template
from sdssync.errors import ExitCode, ProfileError
from sdssync.files.names import same_name
from sdssync.isams.document import Document
from sdssync.log import events, outcomes
from sdssync.publish.verdict import Verdict
from sdssync.roster.attribution import Attributed
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster
from sdssync.roster.grades import grade
from sdssync.roster.groups import without_record
from sdssync.roster.merges import DoubtfulEntry, doubtful_entries
from sdssync.roster.selection import Selection, Unlisted, unknown_subjects
from sdssync.roster.untaken import Lack, UntakenSets
from sdssync.safety.plan import Plan
from sdssync.school import GroupKind, Pupil

EXPIRED_NOTICE = 90
"""Days after the expiry until which a run warns (contract, section 4)."""
_LOGGED = 10
"""Teaching sets and pupils that are logged by id; all are counted."""


def report_wrong(profile_file: ProfileFile) -> ExitCode:
    """Log the mistakes of a profile that was asked for; return the exit code that they cause."""
    error = ProfileError(render([profile_file.report]))
    outcomes.failed("profile.failed", error, profile=profile_file.name)
    return error.exit_code


def warn_of_others(school: ConfiguredSchool, named: Iterable[str]) -> None:
    """Warn of mistakes in profiles that were not asked for; they change nothing for those that are named."""
    asked = {same_name(name) for name in named}
    for profile_file in school.wrong:
        if same_name(profile_file.name) not in asked:
            events.log().warning("profile.passed_over", profile=profile_file.name, error=render([profile_file.report]))


def warn_of_expiry(profile: Profile, today: date) -> None:
    """Warn of an expiry that is near, of a part that no one else warns of too, while there is time for a later date."""
    for part in profile.combined:
        if part.output is None and not part.has_expired(today):
            warn_of_expiry(part, today)
    if profile.last_day is not None and (left := (profile.last_day - today).days) <= EXPIRY_NOTICE:
        events.log().warning(
            "profile.neared_expiry",
            profile=profile.name,
            expires=str(profile.last_day),
            days_left=left,
            hint="set a later date in the profile, or let it end",
        )


def report_expired(profile: Profile, today: date) -> None:
    """Report a profile that has expired: as a warning for a while, for its teams are no longer updated."""
    log, expires = events.log(), str(profile.last_day)
    if profile.last_day is not None and (today - profile.last_day).days <= EXPIRED_NOTICE:
        hint = "its teams are no longer updated: set a later date in the profile, or delete its file"
        log.warning("profile.skipped", profile=profile.name, reason="expired", expires=expires, hint=hint)
    else:
        log.info("profile.skipped", profile=profile.name, reason="expired", expires=expires)


def warn_of_all_expired(school: ConfiguredSchool, today: date) -> None:
    """Warn if every profile that publishes a set has expired, so that nothing at all is done."""
    publishing = [profile for profile in school.profiles if profile.output]
    if publishing and not school.wrong and all(profile.has_expired(today) for profile in publishing):
        hint = "no team is updated any more: set later dates in the profiles, or remove the scheduled task"
        events.log().warning("profiles.expired", count=len(publishing), hint=hint)


def report_untaken(untaken: UntakenSets) -> None:
    """Log how many teaching sets and pupils no profile can take, with the ids in iSAMS of the first."""
    if untaken.pupils:
        school_ids = [_id(pupil.school_id) for pupil in untaken.pupils[:_LOGGED]]
        hint = "correct NCYear of each pupil in iSAMS: SDS takes a pupil who is missing as one who has left"
        events.log().warning("pupils.lacked_year", count=len(untaken.pupils), pupils=school_ids, hint=hint)
    for lack, teaching_sets in untaken.by_lack().items():
        log, number, hint = events.log(), len(teaching_sets), untaken.advice(lack)
        ids = [_id(teaching_set.id) for teaching_set in teaching_sets[:_LOGGED]]
        if lack is Lack.PROFILE:  # a school may well leave out a whole year
            log.info("sets.left_out", reason=lack, count=number, sets=ids, hint=hint)
        else:
            log.warning("sets.left_out", reason=lack, count=number, sets=ids, hint=hint)


def warn_of_expired_parts(profile: Profile, today: date) -> None:
    """Warn of the parts of a combined profile that are left out because they have expired."""
    for part in profile.combined:
        if part.has_expired(today):
            hint = "its people leave the set; set a later date in its file, or take it out of combine"
            events.log().warning("part.expired", part=part.name, expires=str(part.expires), hint=hint)


def warn_of_reused_ids(profile: Profile, today: date) -> None:
    """Warn, before the day of the pupils, of class ids that last year's classes may have: these have pupils already."""
    parts = [part for part in profile.parts if part.classes.pupils_from and today < part.classes.pupils_from]
    keys = [
        f"{part.name}.{key}" if profile.combined else key
        for part in parts
        for key, template in _class_ids(part)
        if not part.suffix or "suffix" not in template.names
    ]
    if keys:
        hint = "put {suffix} into each, with a suffix that names the year; a class that has pupils keeps them"
        events.log().warning("profile.reused_class_ids", profile=profile.name, keys=keys, hint=hint)


def _class_ids(profile: Profile) -> Iterator[tuple[str, Template]]:
    """Yield the keys that make class ids."""
    yield "class_id", profile.class_id
    yield from ((f"classes.merge[{index}].id", merge.id) for index, merge in enumerate(profile.classes.merges))
    if profile.groups:
        yield "groups.class_id", profile.groups.class_id


def warn_of_empty_parts(parts: Sequence[Part]) -> None:
    """Warn of the parts of a combined profile that take no pupil and no set."""
    for part in parts:
        if len(parts) > 1 and not part.selection.pupils and not part.selection.teaching_sets:
            hint = "check year_groups and [subjects] in its file"
            events.log().warning("part.selected_no_one", part=part.profile.name, hint=hint)


def warn_of_unknowns(selection: Selection, profile: Profile) -> None:
    """Warn of subject ids and addresses in the profile that the document does not have; addresses are only counted."""
    log = events.log()
    if subjects := unknown_subjects(selection.roll, profile):
        hint = "`sdssync subjects` lists the ids that iSAMS has"
        log.warning("profile.named_unknown_subjects", subjects=list(subjects), hint=hint)
    if unlisted := sum(isinstance(teacher, Unlisted) for teacher in selection.extra_teachers):
        hint = "check [teachers] extra: no member of staff has such an address"
        log.warning("profile.named_unknown_teachers", count=unlisted, hint=hint)
    for doubtful in doubtful_entries(profile.classes.merges, selection.teaching_sets, selection.roll):
        _warn_of_entry(doubtful)
    kinds = profile.groups.kinds if profile.groups else ()
    for kind, count in without_record(selection.roll.groups, kinds, selection.pupils):
        hint = f"{_GROUP_FIELDS[kind]} of these pupils means nothing in iSAMS, so they are in no such class"
        log.warning("groups.lacked_record", kind=kind, count=count, hint=hint)


_GROUP_FIELDS = {
    GroupKind.FORM: "Form",
    GroupKind.ACADEMIC_HOUSE: "AcademicHouseId",
    GroupKind.BOARDING_HOUSE: "BoardingHouseId",
    GroupKind.YEAR: "NCYear",
}
"""What a pupil's record in iSAMS calls the group."""


def _warn_of_entry(doubtful: DoubtfulEntry) -> None:
    """Warn of an entry of a merge by its place in the profile: a set code may be a cell of a CSV file."""
    key, log = f"classes.merge[{doubtful.merge}].sets[{doubtful.entry}]", events.log()
    if doubtful.sets:
        hint = 'all of them are merged; write "id:" and the id of a set in place of its code to mean one of them'
        ids = [_id(teaching_set.id) for teaching_set in doubtful.sets[:_LOGGED]]
        log.warning("profile.merged_unlike_sets", key=key, sets=ids, hint=hint)
    elif doubtful.is_in_document:
        hint = (
            "iSAMS has the set: check year_groups, [subjects] and [classes] of the profile, or take it out of the merge"
        )
        log.warning("profile.named_missing_set", key=key, in_document=True, hint=hint)
    else:
        hint = "iSAMS has no such set: correct the code, or take it out of the merge"
        log.warning("profile.named_missing_set", key=key, in_document=False, hint=hint)


def warn_of_blank_grades(roster: Roster) -> None:
    """Warn of pupils whose year is not an SDS grade: their grade stays empty."""
    blank = sum(1 for user in roster.users if isinstance(user.person, Pupil) and not grade(user.person.year))
    if blank:
        hint = "SDS has no grade for years above 14; check year_groups in the profile"
        events.log().warning("profile.left_grades_blank", count=blank, hint=hint)


_PLAIN_ID = re.compile(r"[A-Za-z]{0,3}[0-9]{1,20}")
"""What an iSAMS id looks like; any other text may be a name that was typed in the wrong field."""


def _id(identifier: str) -> str:
    """Return an id as the log may have it."""
    return identifier if _PLAIN_ID.fullmatch(identifier) else "an unusual id"


def report_verdict(verdict: Verdict, worst: Iterable[Attributed]) -> None:
    """Log how many findings there are, and of the worst the ids in iSAMS that they are about; never a cell."""
    log = events.log()
    log.info("profile.validated", errors=verdict.errors, warnings=verdict.warnings, codes=verdict.report.codes)
    for attributed in worst:
        finding = attributed.finding
        log.warning(
            "profile.broke_rule",
            code=finding.code,
            rule=finding.rule,
            severity=finding.severity,
            file=finding.file,
            line=finding.line,
            column=finding.column,
            people=[_id(person.id) for person in attributed.people[:_LOGGED] if person.record],
            sets=[_id(school_class.id) for school_class in attributed.classes[:_LOGGED]],
            error=finding.message,
            hint=finding.hint,
        )


def report_plan(plan: Plan) -> None:
    """Log what a set changes, by counts."""
    kinds = {"users": plan.users, "classes": plan.classes, "enrollments": plan.enrollments}
    events.log().info(
        "profile.planned",
        plan_id=plan.plan_id,
        added={kind: summary.added for kind, summary in kinds.items()},
        changed={kind: summary.changed for kind, summary in kinds.items()},
        removed={kind: summary.removed for kind, summary in kinds.items()},
        baseline=plan.last.number if plan.last else None,
        kept=len(plan.kept),
    )


_OLD_DOCUMENT = timedelta(hours=48)


def warn_of_old_document(document: Document, now: datetime, *, cached: bool) -> None:
    """Warn of a document that was downloaded too long ago to publish from it without a look."""
    if cached and document.downloaded_at and now - document.downloaded_at > _OLD_DOCUMENT:
        hours = round((now - document.downloaded_at).total_seconds() / 3600)
        hint = "people who came or left since then are not in it; run once without --cached"
        events.log().warning("source.aged", hours=hours, hint=hint)
