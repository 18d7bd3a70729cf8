"""
A second opinion on the classes of a set: section 10 of the contract, sentence by sentence, sharing no code.

It takes a document and profiles as their TOML files have them; several profiles are the parts of a combined one. Of
section 3 it knows what the schools of `class_schools` need: people have ids of their own, and extra teachers are plain
addresses.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.support import class_records
from tests.support.class_records import FORM, YEAR, Group, Pupil, Records, Set, Staff, number
from tests.support.class_rules import (
    Tables,
    group_values,
    groups_of,
    matches,
    named_sets,
    rank,
    render,
    safe,
    same_group,
    set_values,
    takes_year,
)

Row = tuple[str, ...]
Member = Pupil | str
"""Someone on a set list: a current pupil, or the id of one who has left."""
Teacher = Staff | str
"""Someone who teaches: current staff, an extra teacher, or the id of one who has left."""


@dataclass(frozen=True, kw_only=True)
class ExpectedClass:
    """A class."""

    title: str
    org: str
    kind: str
    year: str
    made_of: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ExpectedUser:
    """A user; `grade` is the year, for a school of years 1 to 13."""

    username: str
    role: str
    grade: str
    orgs: frozenset[str]


@dataclass(kw_only=True)
class Expected:
    """A set, and what is left out of it."""

    users: dict[str, ExpectedUser] = field(default_factory=dict)
    classes: dict[str, ExpectedClass] = field(default_factory=dict)
    enrollments: set[Row] = field(default_factory=set)
    """Class, user, role."""
    omitted: "Counter[Row]" = field(default_factory=Counter)
    """Kind, reason, ids."""
    filtered: "Counter[Row]" = field(default_factory=Counter)
    """Id and code of a set, and the key that left it out."""
    alike: set[str] = field(default_factory=set)
    """Class ids that two classes have, or that two classes of one group have: SDS202 rejects the set."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Candidate:
    """A class that a profile makes, before anything is omitted."""

    id: str
    title: str
    orgs: frozenset[str]
    kind: str
    year: str
    made_of: frozenset[str]
    least: int
    """Pupils."""
    teachers: tuple[Teacher, ...]
    """As often as they would have a row."""
    pupils: tuple[Member, ...]
    waits: bool
    """Whether its pupils do."""
    is_second: bool
    """Whether an earlier set or group has its id."""


def expect(
    xml: str,
    parts: Sequence[Tables],
    school_id: str,
    *,
    today: date = date.max,
    filled: Collection[str] = (),
) -> Expected:
    """
    Return the set of one profile, or of a combined one with these parts.

    `filled` has the ids of the classes that have a pupil in the baseline.
    """
    return _Oracle(class_records.read(xml), parts, school_id, _Calendar(today=today, filled=filled)).run()


@dataclass(frozen=True, kw_only=True)
class _Calendar:
    """What decides whether pupils wait."""

    today: date
    filled: Collection[str]

    def waits(self, class_id: str, part: Tables) -> bool:
        """Return whether a new class gets its teachers only."""
        return self.today < part.get("classes", {}).get("pupils_from", date.min) and class_id not in self.filled


class _Oracle:
    """Makes one set."""

    def __init__(self, records: Records, parts: Sequence[Tables], school_id: str, calendar: _Calendar) -> None:
        self._calendar = calendar
        self._records = records
        self._parts = parts
        self._school_id = school_id
        self._orgs: dict[Pupil | Staff, set[str]] = {}
        """Whom the parts reach, in order, each with their organisations."""
        self._refused: dict[Pupil | Staff, str] = {}
        """The reasons of users that are left out."""
        self._said = Expected()

    def run(self) -> Expected:
        """Make the set: whom the parts take, the users that stay, the classes."""
        taken = [self._taken(part) for part in self._parts]
        for part in self._parts:
            self._reach(part, [pupil for pupil in self._records.pupils if takes_year(part, pupil.year)])
            self._reach(part, self._extra(part))
        for part, sets in zip(self._parts, taken, strict=True):
            for teaching_set in sets:
                self._reach(part, [self._staff(staff_id) for staff_id, _ in teaching_set.teachers])
        asked = [self._asked_groups(part) for part in self._parts]
        for part, groups in zip(self._parts, asked, strict=True):
            for group in groups:
                self._reach(part, self._group_owners(group))
        self._keep_users()
        first = self._first_of_each_id(taken)
        made = [
            candidate
            for part, sets in zip(self._parts, taken, strict=True)
            for candidate in self._set_classes(part, sets, first)
        ]
        made += self._group_classes(asked)
        made = [candidate for candidate in made if candidate.pupils]
        for candidate in made:
            self._keep_class(candidate)
        first_made = [candidate for candidate in made if not candidate.is_second]
        ids = Counter(candidate.id for candidate in first_made)
        alike = {class_id for class_id, count in ids.items() if count > 1}
        of_groups = [candidate for candidate in first_made if candidate.kind not in {"set", "merged"}]
        times = Counter((candidate.kind, candidate.made_of, candidate.year) for candidate in of_groups)
        # parts that do not agree about a group
        alike |= {one.id for one in of_groups if times[one.kind, one.made_of, one.year] > 1}
        self._said.alike |= alike & self._said.classes.keys()
        self._let_wait({candidate.id for candidate in made if candidate.waits})
        return self._said

    # people

    def _reach(self, part: Tables, people: Sequence[Pupil | Teacher]) -> None:
        for person in people:
            if not isinstance(person, str):
                self._orgs.setdefault(person, set()).add(self._org(part))

    def _org(self, part: Tables) -> str:
        return str(part["org"]["id"]) if "org" in part else self._school_id

    def _staff(self, staff_id: str) -> Teacher:
        return next((member for member in self._records.staff if member.id == staff_id), staff_id)

    def _extra(self, part: Tables) -> list[Staff]:
        """Return all who have one of the addresses; one that no member of staff has becomes a user."""
        found: list[Staff] = []
        for address in part.get("teachers", {}).get("extra", []):
            known = [member for member in self._records.staff if member.email.lower() == address.lower()]
            met = [person for person in self._orgs if isinstance(person, Staff) and person.id == address]
            found += known or met or [Staff(id=address, email=address)]
        return found

    def _group_owners(self, group: Group) -> list[Teacher]:
        """Return each owner once; by a user code that no one or two have, no owner."""
        found: list[Teacher] = []
        for staff_id, code in group.owners:
            with_code = [member for member in self._records.staff if code and member.code.lower() == code.lower()]
            if staff_id:
                found.append(self._staff(staff_id))
            elif len(with_code) == 1:
                found += with_code
        return list(dict.fromkeys(found))

    def _keep_users(self) -> None:
        """Refuse those without an address, then those who share one with a smaller id."""
        for person in self._orgs:
            if not person.email.strip():
                kind = "pupil" if isinstance(person, Pupil) else "teacher"
                self._refused[person] = f"{kind}_without_email"
        stay = [person for person in self._orgs if person not in self._refused]
        for person in stay:
            namesakes = [other for other in stay if other.email.lower() == person.email.lower()]
            if min(namesakes, key=rank) is not person:
                self._refused[person] = "duplicate_username"
        for person, orgs in self._orgs.items():
            if person in self._refused:
                self._said.omitted["user", self._refused[person], person.id] += 1
                continue
            is_pupil = isinstance(person, Pupil)
            self._said.users[person.id] = ExpectedUser(
                username=person.email,
                role="student" if is_pupil else "teacher",
                grade=f"{int(person.year):02}" if isinstance(person, Pupil) else "",
                orgs=frozenset(orgs),
            )

    # sets

    def _taken(self, part: Tables) -> list[Set]:
        """Filter the sets of the years by subject, then by `exclude` and `include`."""
        subjects, classes = part.get("subjects", {}), part.get("classes", {})
        listed = subjects.get("include")
        found = []
        for teaching_set in self._records.sets:
            if not takes_year(part, teaching_set.year):
                continue
            subject = teaching_set.subject
            is_other = subject in self._records.subjects and subject not in map(str, listed or [subject])
            reasons = {
                "subjects.exclude": subject in map(str, subjects.get("exclude", [])),
                "subjects.include": is_other,
                "classes.exclude": any(matches(pattern, teaching_set) for pattern in classes.get("exclude", [])),
                "classes.include": "include" in classes
                and not any(matches(pattern, teaching_set) for pattern in classes["include"]),
            }
            key = next((key for key, is_so in reasons.items() if is_so), "")
            if key:
                self._said.filtered[teaching_set.id, teaching_set.code, key] += 1
            else:
                found.append(teaching_set)
        return found

    def _first_of_each_id(self, taken: list[list[Set]]) -> list[Set]:
        """Return the sets of all parts without those whose id an earlier one has, in the order of the document."""
        found: dict[str, Set] = {}
        for teaching_set in self._records.sets:
            if any(teaching_set in sets for sets in taken):
                found.setdefault(teaching_set.id, teaching_set)
        return list(found.values())

    def _set_classes(self, part: Tables, taken: list[Set], first: Collection[Set]) -> Iterator[_Candidate]:
        """Yield the classes of the sets, of which some are merged; `first` has those whose id no earlier one has."""
        there = [teaching_set for teaching_set in taken if teaching_set in first]
        merges = [(merge, named_sets(merge, there)) for merge in part.get("classes", {}).get("merge", [])]
        merged = {teaching_set for _, sets in merges for teaching_set in sets}
        for teaching_set in taken:
            if teaching_set in merged:
                continue
            values = set_values(teaching_set, part)
            yield self._candidate(
                part,
                id=render(part.get("class_id", "{set_id}"), values),
                title=render(part.get("title", "{set_code}{suffix}"), values),
                kind="set",
                year=teaching_set.year,
                made_of=frozenset({teaching_set.id}),
                teachers=(*self._set_owners(part, teaching_set), *self._extra(part)),
                pupils=tuple(self._listed(teaching_set)),
                is_second=teaching_set not in first,
            )
        for merge, sets in merges:
            suffix = {"suffix": part.get("suffix", "")}
            teachers = [teacher for teaching_set in sets for teacher in self._set_owners(part, teaching_set)]
            members = [member for teaching_set in sets for member in self._listed(teaching_set)]
            yield self._candidate(
                part,
                id=render(merge["id"], suffix),
                title=render(merge.get("title", " and ".join(merge["sets"]) + "{suffix}"), suffix),
                kind="merged",
                year=sets[0].year if sets else "",
                made_of=frozenset(teaching_set.id for teaching_set in sets),
                teachers=tuple(dict.fromkeys((*teachers, *self._extra(part)))),
                pupils=tuple(dict.fromkeys(members)),
                is_second=False,
            )

    def _candidate(self, *parts: Tables, **values: Any) -> _Candidate:
        waits = any(self._calendar.waits(values["id"], part) for part in parts)
        least = max(part.get("classes", {}).get("min_pupils", 1) for part in parts)
        return _Candidate(orgs=frozenset(map(self._org, parts)), least=least, waits=waits, **values)

    def _listed(self, teaching_set: Set) -> list[Member]:
        """Return whom the rows of a set mean, row by row."""
        found: list[Member] = []
        for set_id, school_id, record in self._records.rows:
            if number(set_id) == number(teaching_set.id):
                named = [
                    pupil
                    for pupil in self._records.pupils
                    if (pupil.id == school_id if school_id else pupil.record == record)
                ]
                found += named[:1] or [school_id]
        return found

    def _set_owners(self, part: Tables, teaching_set: Set) -> list[Teacher]:
        """Return all teachers, or those marked; all again when none of the marked can be enrolled."""
        everyone = [self._staff(staff_id) for staff_id, _ in teaching_set.teachers]
        marked = [self._staff(staff_id) for staff_id, is_marked in teaching_set.teachers if is_marked]
        is_primary = part.get("classes", {}).get("owners", "all") == "primary"
        return marked if is_primary and any(not self._teacher_reason(teacher) for teacher in marked) else everyone

    # groups

    def _asked_groups(self, part: Tables) -> dict[Group, list[Pupil]]:
        """Return the groups that a part asks for and of which it takes a pupil, with these pupils."""
        tables = part.get("groups", {})
        kinds = {f"{house}-house" for house in tables.get("houses", [])}
        kinds |= {kind for kind, key in ((FORM, "forms"), (YEAR, "year_groups")) if tables.get(key)}
        found: dict[Group, list[Pupil]] = {}
        for pupil in self._records.pupils:
            if takes_year(part, pupil.year):
                for group in groups_of(self._records, pupil):
                    if group.kind in kinds:
                        found.setdefault(group, []).append(pupil)
        return found

    def _group_classes(self, asked: list[dict[Group, list[Pupil]]]) -> Iterator[_Candidate]:
        """Yield the classes of each group, with the pupils of all parts that ask for it; parts that agree make one."""
        met = set()
        for group in self._records.groups:
            asking = [(part, groups[group]) for part, groups in zip(self._parts, asked, strict=True) if group in groups]
            pupils = tuple(dict.fromkeys(pupil for _, taken in asking for pupil in taken))
            together: dict[Row, list[Tables]] = {}
            for part, _ in asking:
                values, tables = group_values(group, part), part["groups"]
                class_id = render(tables.get("class_id", "{group_kind}-{group_id}{suffix}"), values, safe)
                title = render(tables.get("title", "{group_name}{suffix}"), values)
                together.setdefault((class_id, title, self._org(part)), []).append(part)
            for (class_id, title, _), parts in together.items():
                extra = [teacher for part in parts for teacher in self._extra(part)]
                yield self._candidate(
                    *parts,
                    id=class_id,
                    title=title,
                    kind=group.kind,
                    year=group.year,
                    made_of=frozenset({group.id}),
                    teachers=tuple(dict.fromkeys((*self._group_owners(group), *extra))),
                    pupils=pupils,
                    is_second=same_group(group) in met,
                )
            if asking:
                met.add(same_group(group))

    # what stays

    def _keep_class(self, candidate: _Candidate) -> None:
        """Say which reason leaves out the class, and which its enrollments."""
        reasons = [self._pupil_reason(member) for member in candidate.pupils]
        enrolled = {member for member, why in zip(candidate.pupils, reasons, strict=True) if not why}
        applies = {
            "class_without_pupils": not enrolled,
            "class_without_title": not candidate.title.strip(),
            "duplicate_class": candidate.is_second,
            "class_too_small": len(enrolled) < candidate.least,
        }
        reason = next((name for name, is_so in applies.items() if is_so), "")
        if reason:
            self._said.omitted["class", reason, candidate.id] += 1
        else:
            self._said.classes[candidate.id] = ExpectedClass(
                title=candidate.title,
                org=min(candidate.orgs),
                kind=candidate.kind,
                year=candidate.year,
                made_of=candidate.made_of,
            )
        if candidate.is_second:
            return
        met: set[Member | Teacher] = set()
        for teacher in candidate.teachers:
            why = self._teacher_reason(teacher)
            if why == "teacher_not_current" and candidate.kind not in {"set", "merged"}:
                why = "group_owner_not_current"
            self._enrol(candidate, teacher, "teacher", why or ("class_omitted" if reason else ""), met)
        for member, why in zip(candidate.pupils, reasons, strict=True):
            self._enrol(candidate, member, "student", why or ("class_omitted" if reason else ""), met)

    def _let_wait(self, waiting: set[str]) -> None:
        """Leave the teachers only in classes that wait, and those without a teacher out: neither is an omission."""
        said = self._said
        said.enrollments = {row for row in said.enrollments if row[0] not in waiting or row[2] == "teacher"}
        owned = {class_id for class_id, _, role in said.enrollments if role == "teacher"}
        said.classes = {name: made for name, made in said.classes.items() if name not in waiting - owned}

    def _enrol(
        self, candidate: _Candidate, person: Member | Teacher, role: str, why: str, met: set[Member | Teacher]
    ) -> None:
        user_id = person if isinstance(person, str) else person.id
        why = why or ("duplicate_enrollment" if person in met else "")
        met.add(person)
        if why:
            self._said.omitted["enrollment", why, candidate.id, user_id] += 1
        else:
            self._said.enrollments.add((candidate.id, user_id, role))

    def _pupil_reason(self, member: Member) -> str:
        if isinstance(member, str):
            return "pupil_not_current"
        if not member.email.strip():
            return "pupil_without_email"
        return "pupil_outside_year_groups" if member not in self._orgs else self._refused.get(member, "")

    def _teacher_reason(self, teacher: Teacher) -> str:
        return "teacher_not_current" if isinstance(teacher, str) else self._refused.get(teacher, "")
