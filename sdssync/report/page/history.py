"""What was published when: the lines of the audit, and the counts of the sets over time."""

from collections.abc import Sequence
from datetime import datetime

from sdssync.publish.manifest import Manifest, Origin
from sdssync.report.names import counted
from sdssync.report.page.facts import ProfileFacts
from sdssync.report.page.naming import Naming, shown
from sdssync.report.page.pictures import line
from sdssync.report.page.values import History, HistoryRow
from sdssync.safety.audit import Act, Entry

_MOST_ROWS = 60
_MOST_DOTS = 400
_WORDS = {
    Act.PUBLISHED: "published",
    Act.HELD: "held",
    Act.APPROVED: "approved and published",
    Act.RESTORED: "restored",
    Act.RELEASED: "released",
}
_ACTS = {Origin.RUN: Act.PUBLISHED, Origin.APPROVAL: Act.APPROVED, Origin.RESTORE: Act.RESTORED}


def history(facts: ProfileFacts, naming: Naming, now: datetime) -> History:
    """Return what happened to a profile, the newest first."""
    entries = _complete(facts.entries, facts.generations)
    kept = {manifest.number for manifest in facts.generations}
    counts = [(entry.at.astimezone(now.tzinfo), entry.counts) for entry in entries if entry.counts][-_MOST_DOTS:]
    titles = ("Users", "Classes", "Enrollments")
    lines = (
        line(title, [(at, numbers[index]) for at, numbers in counts]) for index, title in enumerate(titles) if counts
    )
    rest = len(entries) - _MOST_ROWS
    return History(
        lines=tuple(lines),
        rows=tuple(_row(entry, kept, naming, now) for entry in reversed(entries[-_MOST_ROWS:])),
        more=f"and {counted(rest, 'earlier line', 'earlier lines')} in the audit" if rest > 0 else "",
    )


def _complete(entries: Sequence[Entry], generations: Sequence[Manifest]) -> list[Entry]:
    """Return what the audit says, and what the generations say where lines of it are lost."""
    known = {entry.generation for entry in entries}
    lost = [
        Entry(
            at=manifest.published_at,
            act=_ACTS[manifest.origin],
            profile=manifest.profile,
            generation=manifest.number,
            counts=(manifest.files.users, manifest.files.classes, manifest.files.enrollments),
            account=manifest.account,
            reason=manifest.reason,
        )
        for manifest in generations
        if manifest.number not in known
    ]
    of_interest = (entry for entry in (*entries, *lost) if entry.act in _WORDS)
    return sorted(of_interest, key=lambda entry: entry.at)


def _row(entry: Entry, kept: set[int], naming: Naming, now: datetime) -> HistoryRow:
    number = entry.generation
    users, classes, enrollments = (f"{count:,}" for count in entry.counts) if entry.counts else ("", "", "")
    return HistoryRow(
        at=entry.at.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M"),
        what=f"{_WORDS[entry.act]} by {shown(', '.join(entry.gates))}" if entry.gates else _WORDS[entry.act],
        generation="" if number is None else f"{number:,}" if number in kept else f"{number:,}, kept no longer",
        counts=(users, classes, enrollments),
        by=": ".join(filter(None, map(naming.private, (entry.account, entry.reason)))),
    )
