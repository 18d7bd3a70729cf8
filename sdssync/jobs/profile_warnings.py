"""What the log says about a profile in addition to its outcome: expiry, names that iSAMS does not have, findings."""

from collections.abc import Iterable
from datetime import date

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import render
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ExitCode, ProfileError
from sdssync.files.names import same_name
from sdssync.log import events, outcomes
from sdssync.publish.verdict import Verdict
from sdssync.roster.enrol import Roster
from sdssync.roster.grades import grade
from sdssync.roster.selection import Selection, Unlisted, unknown_subjects
from sdssync.school import Pupil

EXPIRY_NOTICE = 21
"""Days before the expiry from which a run warns."""


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


def warn_of_safety(settings: SchoolSettings) -> None:
    """Warn that limits are set that this version does not enforce, so that the administrator does not rely on them."""
    if settings.safety.has_limits:
        hint = "this version reads [safety] and does not enforce it"
        events.log().warning("safety.ignored", hint=hint)


def warn_of_expiry(profile: Profile, today: date) -> None:
    """Warn of an expiry that is near, while there is time to set a later date."""
    if profile.expires is not None and (left := (profile.expires - today).days) <= EXPIRY_NOTICE:
        events.log().warning(
            "profile.neared_expiry",
            expires=str(profile.expires),
            days_left=left,
            hint="set a later date in the profile, or let it end",
        )


def warn_of_unknowns(selection: Selection, profile: Profile) -> None:
    """Warn of subject ids and addresses in the profile that the document does not have; addresses are only counted."""
    log = events.log()
    if subjects := unknown_subjects(selection.roll, profile):
        hint = "`sdssync subjects` lists the ids that iSAMS has"
        log.warning("profile.named_unknown_subjects", subjects=list(subjects), hint=hint)
    if unlisted := sum(isinstance(teacher, Unlisted) for teacher in selection.extra_teachers):
        hint = "check [teachers] extra: no member of staff has such an address"
        log.warning("profile.named_unknown_teachers", count=unlisted, hint=hint)


def warn_of_blank_grades(roster: Roster) -> None:
    """Warn of pupils whose year is not an SDS grade: their grade stays empty."""
    blank = sum(1 for user in roster.users if isinstance(user.person, Pupil) and not grade(user.person.year))
    if blank:
        hint = "SDS has no grade for years above 14; check year_groups in the profile"
        events.log().warning("profile.left_grades_blank", count=blank, hint=hint)


def report_verdict(verdict: Verdict) -> None:
    """Log how many findings there are, and where the worst are; never a cell."""
    log = events.log()
    log.info("profile.validated", errors=verdict.errors, warnings=verdict.warnings, codes=verdict.report.codes)
    for finding in verdict.worst:
        log.warning(
            "profile.broke_rule",
            code=finding.code,
            rule=finding.rule,
            severity=finding.severity,
            file=finding.file,
            line=finding.line,
            column=finding.column,
            error=finding.message,
            hint=finding.hint,
        )
