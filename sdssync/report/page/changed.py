"""What changed since an earlier set: a row for each class and person, and for each move between them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

from sdssync.report.names import counted
from sdssync.report.page.facts import Compared, ProfileFacts
from sdssync.report.page.naming import Naming, shown
from sdssync.report.page.values import Change, Changed, ChangeRow, Member
from sdssync.report.plan_words import cause_words, left_words, summary_words
from sdssync.report.years import year_of
from sdssync.safety.causes import CLASS_GONE, USER_GONE
from sdssync.safety.changes import Changes, changed_columns
from sdssync.safety.csv_set import Enrollment
from sdssync.safety.plan import summarise
from sdssync.school import Pupil

MOST_ROWS = 4_000
"""Rows that are listed: after a change of the school year there may be as many as the school has enrollments."""


def changed(facts: ProfileFacts, naming: Naming, now: datetime) -> Changed:
    """Return what changed since the set with which the page compares."""
    compared = facts.compared
    changes, causes = compared.changes, compared.causes
    if changes is None:
        return Changed(since=facts.unknown or _nothing_earlier(facts), is_known=not facts.unknown)
    if compared.since:
        at = compared.since.published_at.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")
        since = f"From generation {compared.since.number}, published {at}, to the set that the document gives now."
    else:
        since = "From the set in the output folder to the set that the document gives now."
    counts = causes.count(changes) if causes else None
    totals = tuple(
        f"{kind}: {summary.before:,} before, {summary.after:,} now; {summary_words(kind, summary)}"
        for kind in ("users", "classes", "enrollments")
        for summary in (summarise(getattr(changes, kind), getattr(counts, kind) if counts else {}),)
    )
    classes = facts.made.roster.classes if facts.made else ()
    years = {made.id: made.made_of.year for made in classes}
    rows = list(_Rows(compared, changes, naming, years).all())
    rest = len(rows) - MOST_ROWS
    more = f"and {counted(rest, 'more change', 'more changes')}: sdssync plan --all lists them" if rest > 0 else ""
    return Changed(since=since, totals=totals, rows=tuple(rows[:MOST_ROWS]), more=more)


def _nothing_earlier(facts: ProfileFacts) -> str:
    if facts.generations:
        return "No earlier set that is kept and whole differs from this one."
    return "There is no earlier set to compare with."


class _Rows:
    """The changes from one set to another, in words."""

    def __init__(
        self, compared: Compared, changes: Changes, naming: Naming, years_of_classes: Mapping[str, str]
    ) -> None:
        self._changes, self._causes, self._naming = changes, compared.causes, naming
        self._left, self._years = compared.left, years_of_classes

    def all(self) -> Iterator[ChangeRow]:
        """Yield every change: what goes before what changes before what comes; classes, people, memberships."""
        changes = self._changes
        yield from map(self._class_gone, changes.classes.removed)
        yield from map(self._user_gone, changes.users.removed)
        yield from map(self._class_changed, changes.classes.changed)
        yield from map(self._user_changed, changes.users.changed)
        for class_id in changes.classes.added:
            yield self._class(Change.ADDED, class_id)
        for user in changes.users.added:
            yield self._person(Change.ADDED, user)
        yield from self._moves()

    def _class(self, change: Change, class_id: str, why: str = "") -> ChangeRow:
        year = shown(self._years.get(class_id, ""))
        return ChangeRow(change=change, kind="class", what=self._title(class_id), year=year, why=why)

    def _person(self, change: Change, user: str, why: str = "") -> ChangeRow:
        row = self._changes.new.users.get(user) or self._changes.old.users[user]
        what = self._naming.someone(user, self._changes, self._causes)
        kind = "pupil" if row.is_student else "teacher"
        return ChangeRow(change=change, kind=kind, what=what, year=self._year(user), why=why)

    def _year(self, user: str) -> str:
        """Return the year of a pupil as iSAMS has it; of one whom it does not have, as the set does."""
        person = self._causes.person(user) if self._causes else None
        if isinstance(person, Pupil):
            return shown(person.year)
        row = self._changes.new.users.get(user) or self._changes.old.users[user]
        return shown(year_of(row.grade))

    def _title(self, class_id: str) -> str:
        found = self._changes.new.classes.get(class_id) or self._changes.old.classes.get(class_id)
        title = self._naming.title(found.title if found else "", "", class_id)
        return title if title == class_id else f"{title} ({shown(class_id)})"

    def _class_gone(self, class_id: str) -> ChangeRow:
        why = cause_words(self._causes.of_class(class_id)) if self._causes else ""
        teachers, pupils = (self._members(class_id, is_teacher=is_teacher) for is_teacher in (True, False))
        return replace(self._class(Change.REMOVED, class_id, why), teachers=teachers, pupils=pupils)

    def _members(self, class_id: str, *, is_teacher: bool) -> tuple[Member, ...]:
        """Return who was in a class that goes, by name."""
        found = (left for left in self._left.get(class_id, ()) if left.is_teacher is is_teacher)
        names = sorted(self._naming.someone(left.user_id, self._changes, self._causes) for left in found)
        return tuple(map(Member, names))

    def _user_gone(self, user: str) -> ChangeRow:
        return self._person(Change.REMOVED, user, cause_words(self._causes.of_user(user)) if self._causes else "")

    def _class_changed(self, class_id: str) -> ChangeRow:
        old, new = self._changes.old.classes[class_id], self._changes.new.classes[class_id]
        before = self._naming.private(old.title)
        why = "organisation" if old.title == new.title else f"title; before: {before}" if before else "title"
        return self._class(Change.CHANGED, class_id, why)

    def _user_changed(self, user: str) -> ChangeRow:
        columns = changed_columns(self._changes.old.users[user], self._changes.new.users[user])
        return self._person(Change.CHANGED, user, ", ".join(columns))

    def _moves(self) -> Iterator[ChangeRow]:
        """Yield who left or joined a class, where neither the class nor the person is new or gone."""
        old, new = self._changes.old, self._changes.new
        both = chain(
            ((Change.REMOVED, found) for found in self._changes.enrollments.removed),
            ((Change.ADDED, found) for found in self._changes.enrollments.added),
        )
        for change, found in both:
            if found.class_id in old.classes.keys() & new.classes.keys() and _is_in(found, self._changes):
                yield self._move(change, found)

    def _move(self, change: Change, found: Enrollment) -> ChangeRow:
        why = ""
        if change is Change.REMOVED and self._causes:
            cause = self._causes.of_enrollment(found, self._changes)
            why = "" if cause in (CLASS_GONE, USER_GONE) else left_words(cause, is_teacher=found.is_teacher)
        who = self._naming.someone(found.user_id, self._changes, self._causes)
        role = "teacher of" if found.is_teacher else "in"
        what = f"{who} {role} {self._title(found.class_id)}"
        return ChangeRow(change=change, kind="membership", what=what, year=self._year(found.user_id), why=why)


def _is_in(found: Enrollment, changes: Changes) -> bool:
    """Return True if a person is in both sets."""
    return found.user_id in changes.old.users and found.user_id in changes.new.users
