"""Put what is known of the profiles into the words of the page."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

from sdssync.errors import SdsSyncError
from sdssync.files.names import printable
from sdssync.report.matter import Matter, sentence
from sdssync.report.matters import matters
from sdssync.report.outcome import SOURCE_FAILED, Outcome, SourceSummary
from sdssync.report.page.changed import changed
from sdssync.report.page.classes import set_part
from sdssync.report.page.facts import Facts, ProfileFacts
from sdssync.report.page.gates import gates
from sdssync.report.page.history import history
from sdssync.report.page.naming import Naming, shown
from sdssync.report.page.values import Counts, FindingRow, Page, ProfilePage, SetPart
from sdssync.roster.identifiers import order
from sdssync.sds.catalogue.rules import CATALOGUE

_GRAVE = frozenset({Outcome.REJECTED, Outcome.HELD, Outcome.FAILED})
_OUTCOMES = {
    Outcome.PUBLISHED: "a run would publish it",
    Outcome.UNCHANGED: "is published",
    Outcome.REJECTED: "rejected",
    Outcome.HELD: "held",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "expired",
    Outcome.COMBINED: "part of a combined set",
}


def make_page(facts: Facts, naming: Naming) -> Page:
    """Return what the page shows."""
    profiles = tuple(
        _profile(profile, f"profile-{number}", naming, facts.now) for number, profile in enumerate(facts.profiles, 1)
    )
    contents = [profile.content for profile in profiles if profile.content]
    return Page(
        school=shown(facts.school),
        written=_local(facts.now, facts.now),
        source=_source(facts),
        audience=naming.audience,
        warning=_warning(facts),
        matters=naming.matters((*_source_failure(facts), *matters(facts.report, most=sys.maxsize))),
        years=tuple(sorted(_years(contents), key=order)),
        subjects=tuple(sorted({row.subject for content in contents for row in content.classes} - {""}, key=str.lower)),
        profiles=profiles,
    )


def _years(contents: Sequence[SetPart]) -> set[str]:
    years = {row.year for content in contents for row in content.classes}
    return (years | {row.year for content in contents for row in (*content.people, *content.left_out)}) - {""}


def _source(facts: Facts) -> str:
    """Return from which document the sets are made."""
    match facts.report.source:
        case None:
            return "No document was needed: no profile makes a set today."
        case SourceSummary() as source:
            counts = f"{source.pupils:,} pupils, {source.staff:,} members of staff, {source.teaching_sets:,} sets"
            at = f" of {_local(source.downloaded_at, facts.now)}" if source.downloaded_at else ""
            return f"The document{at} from {printable(source.name)}: {counts}."
        case error:
            return f"iSAMS failed: {printable(error.message)}"


def _source_failure(facts: Facts) -> Iterator[Matter]:
    """Yield why there was no document, which is graver than anything else."""
    error = facts.report.source
    if isinstance(error, SdsSyncError):
        names = [profile.result.profile for profile in facts.profiles if profile.result.why == SOURCE_FAILED]
        lacking = f", and no set could be made for {', '.join(names)}" if names else ""
        look = "To see the sets from the last document: sdssync report --cached" if facts.has_last_document else ""
        yield Matter(
            what=printable(f"iSAMS failed{lacking}: {error.message}"),
            advice=printable(" ".join(filter(None, (sentence(error.hint), look)))),
            is_grave=True,
        )


def _warning(facts: Facts) -> str:
    if facts.fault is None:
        return ""
    where = f"line {facts.fault.line}: " if facts.fault.line else ""
    return f"The audit is damaged, so the history may lack lines: {where}{facts.fault.text}."


def _profile(facts: ProfileFacts, anchor: str, naming: Naming, now: datetime) -> ProfilePage:
    result = facts.result
    last = facts.generations[-1] if facts.generations else None
    return ProfilePage(
        name=printable(result.profile),
        anchor=anchor,
        outcome=_OUTCOMES.get(result.outcome, result.outcome),
        is_grave=result.outcome in _GRAVE,
        why=printable(result.why),
        mistakes=tuple(map(printable, result.mistakes)),
        published=f"generation {last.number}, {_local(last.published_at, now)}" if last else "never",
        counts=tuple(_counts(facts)),
        findings=tuple(
            FindingRow(
                code=code,
                title=CATALOGUE[code].title,
                number=number,
                what=CATALOGUE[code].what,
                fix=CATALOGUE[code].fix,
            )
            for code, number in sorted(result.findings.items())
        ),
        changed=changed(facts, naming, now),
        gates=gates(facts),
        history=history(facts, naming, now),
        content=set_part(facts, naming),
    )


def _counts(facts: ProfileFacts) -> Iterator[Counts]:
    """Yield the sizes of the published set and of the new one; they are one set if that is published already."""
    result, is_published = facts.result, facts.result.outcome is Outcome.UNCHANGED
    if facts.generations and not is_published:
        files = facts.generations[-1].files
        yield Counts("Published", f"{files.users:,}", f"{files.classes:,}", f"{files.enrollments:,}")
    if facts.made:
        of = "" if is_published else "New set"
        yield Counts(of, f"{result.users:,}", f"{result.classes:,}", f"{result.enrollments:,}")


def _local(at: datetime, now: datetime) -> str:
    return at.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
