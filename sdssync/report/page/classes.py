"""Classes with their members, people with their classes, and how many there are of each year and subject."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sdssync.report.classes import KIND_NOUNS
from sdssync.report.names import counted
from sdssync.report.outcome import Made
from sdssync.report.page.facts import ProfileFacts
from sdssync.report.page.naming import Naming, shown
from sdssync.report.page.pictures import Bar
from sdssync.report.page.values import Change, ClassRow, Member, PersonRow, SetPart, SizeRow, Sizes
from sdssync.report.plan_words import cause_words, left_words
from sdssync.roster.attribution import person_ref
from sdssync.roster.classes import EnrolledClass
from sdssync.roster.identifiers import order
from sdssync.roster.omissions import Kind
from sdssync.roster.roll import user_id
from sdssync.roster.sources import ClassKind
from sdssync.roster.users import User
from sdssync.safety.causes import OMITTED
from sdssync.school import Pupil, Subject

NO_YEAR, NO_SUBJECT = "no year", "no subject"
_KINDS = {kind: number for number, kind in enumerate(ClassKind)}


def set_part(facts: ProfileFacts, naming: Naming) -> SetPart | None:
    """Return classes, people and sizes of a set; None if there is no set."""
    if facts.made is None:
        return None
    described = _Described(facts, facts.made, naming)
    return SetPart(
        sizes=described.sizes(),
        classes=tuple(described.class_rows()),
        people=tuple(described.people()),
        left_out=tuple(described.left_out()),
    )


class _Described:
    """One set, in words."""

    def __init__(self, facts: ProfileFacts, made: Made, naming: Naming) -> None:
        self._facts, self._naming = facts, naming
        self._roster = made.roster
        self._subjects = made.parts[0].selection.roll.subjects
        self._compared = facts.compared
        self._names = {user.id: naming.person(user.id, person_ref(user).record) for user in self._roster.users}
        held = {enrolled.id: enrolled for enrolled in self._roster.waiting}
        ids = {enrolled.id for enrolled in self._roster.classes}
        self._waiting = {class_id: len(enrolled.pupils) for class_id, enrolled in held.items()}
        without_teacher = [enrolled for class_id, enrolled in held.items() if class_id not in ids]
        self._without_row = frozenset(enrolled.id for enrolled in without_teacher)
        self._classes = sorted([*self._roster.classes, *without_teacher], key=_position)
        self._titles = {made.id: naming.title(made.title, made.made_of.code, made.id) for made in self._classes}

    def class_rows(self) -> Iterator[ClassRow]:
        """Yield the classes by kind, year and title, and those that wait whole because they have no teacher."""
        for made in self._classes:
            yield ClassRow(
                title=self._titles[made.id],
                id=shown(made.id),
                kind=KIND_NOUNS[made.made_of.kind][0],
                year=shown(made.made_of.year),
                subject=self._subject(made),
                teachers=self._members(made, made.teachers, is_teacher=True),
                pupils=self._members(made, () if made.id in self._without_row else made.pupils, is_teacher=False),
                number=0 if made.id in self._without_row else len(made.pupils),
                todo="; ".join(self._todo(made)),
                change=self._compared.classes.get(made.id, Change.NONE),
            )

    def _todo(self, made: EnrolledClass) -> Iterator[str]:
        if not made.teachers:
            yield "no teacher"
        if made.id in self._waiting:
            yield f"{counted(self._waiting[made.id], 'pupil waits', 'pupils wait')} for pupils_from"

    def _members(self, made: EnrolledClass, ids: Iterable[str], *, is_teacher: bool) -> tuple[Member, ...]:
        """Return the teachers or the pupils of a class by name, and after them those who have left."""
        joined, names = self._compared.joined, self._names
        there = [
            Member(
                names.get(found) or self._naming.person(found, None),
                Change.ADDED if (made.id, found, is_teacher) in joined else Change.NONE,
            )
            for found in ids
        ]
        there.sort(key=lambda member: member.name)
        return (*there, *self._leavers(made, is_teacher=is_teacher))

    def _leavers(self, made: EnrolledClass, *, is_teacher: bool) -> Iterator[Member]:
        changes, causes = self._compared.changes, self._compared.causes
        for left in self._compared.left.get(made.id, ()):
            if changes and left.is_teacher is is_teacher:
                cause = causes.of_enrollment(left, changes) if causes else ""
                why = left_words(cause, is_teacher=is_teacher)
                yield Member(self._naming.someone(left.user_id, changes, causes), Change.REMOVED, why)

    def _subject(self, made: EnrolledClass) -> str:
        ids = dict.fromkeys(teaching_set.subject_id for teaching_set in made.made_of.sets)
        return ", ".join(shown(_subject_name(self._subjects.get(found), found)) for found in ids)

    def people(self) -> Iterator[PersonRow]:
        """Yield everyone in the set: pupils before teachers, each by id."""
        classes: defaultdict[str, list[str]] = defaultdict(list)
        for made in self._roster.classes:
            for member in dict.fromkeys((*made.teachers, *made.pupils)):
                classes[member].append(self._titles[made.id])
        todo = dict(self._doubts())
        for user in self._roster.users:
            yield PersonRow(
                name=self._names[user.id],
                id=self._naming.identifier(user.id),
                role="pupil" if user.is_pupil else "teacher",
                year=_year(user),
                address=self._naming.private(user.username),
                classes=", ".join(sorted(classes[user.id])),
                todo=todo.get(user.id, ""),
                change=self._compared.users.get(user.id, Change.NONE),
            )

    def _doubts(self) -> Iterator[tuple[str, str]]:
        """Yield what is to be done about people of the set, by id."""
        for doubtful in self._facts.result.attention.addresses:
            yield doubtful.person.id, f"address: {doubtful.fault}"
        for kept in self._facts.result.plan.kept if self._facts.result.plan else ():
            yield user_id(kept.person), f"no address in iSAMS; keeps the last one until {kept.until}"

    def left_out(self) -> Iterator[PersonRow]:
        """Yield the people who are left out, and why."""
        for omission in self._roster.omissions:
            if omission.kind is Kind.USER:
                person = omission.person
                is_pupil = isinstance(person, Pupil)
                yield PersonRow(
                    name=self._naming.person(omission.id, person),
                    id=self._naming.identifier(omission.id),
                    role="pupil" if is_pupil else "teacher",
                    year=shown(person.year) if isinstance(person, Pupil) else "",
                    address="",
                    classes="",
                    todo=cause_words(OMITTED + omission.reason),
                    change=Change.NONE,
                )

    def sizes(self) -> Sizes:
        """Return how many classes and pupils each year and each subject has."""
        years = Counter(_year(user) or NO_YEAR for user in self._roster.users if user.is_pupil)
        classes_of_years = Counter(made.made_of.year or NO_YEAR for made in self._roster.classes if made.made_of.sets)
        subjects: Counter[str] = Counter()
        pupils: defaultdict[str, set[str]] = defaultdict(set)
        for made in self._roster.classes:
            if made.made_of.sets:
                subject = self._subject(made) or NO_SUBJECT
                subjects[subject] += 1
                pupils[subject].update(made.pupils)
        by_subject = {subject: len(found) for subject, found in pupils.items()}
        return Sizes(
            years=tuple(_size_rows(classes_of_years, years, sorted({*years, *classes_of_years}, key=order))),
            subjects=tuple(_size_rows(subjects, by_subject, sorted(subjects, key=str.lower))),
        )


def _size_rows(classes: Mapping[str, int], pupils: Mapping[str, int], labels: Iterable[str]) -> Iterator[SizeRow]:
    most = max(pupils.values(), default=0)
    for label in labels:
        number = pupils.get(label, 0)
        yield SizeRow(label=shown(label), classes=classes.get(label, 0), pupils=number, bar=Bar.of(number, most))


def _position(made: EnrolledClass) -> tuple[object, ...]:
    return _KINDS[made.made_of.kind], order(made.made_of.year), made.title, order(made.id)


def _subject_name(subject: Subject | None, subject_id: str) -> str:
    return (subject.name or subject.code if subject else "") or (f"subject {subject_id}" if subject_id else "")


def _year(user: User) -> str:
    return shown(user.person.year) if isinstance(user.person, Pupil) else ""
