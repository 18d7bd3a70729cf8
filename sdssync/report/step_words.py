"""The steps of a trace in words: why the way ends, as the end of a sentence, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sdssync.report.answers import Answer, ProfileAnswer
from sdssync.report.names import counted, legible, name_of, person_words
from sdssync.report.plan_words import omission_words
from sdssync.report.years import years_text
from sdssync.roster.attribution import PersonRef
from sdssync.roster.filters import FilterKey
from sdssync.roster.omissions import Reason
from sdssync.roster.roll import Roll, RowKey, user_id
from sdssync.roster.steps import Step, StepKind, Thing, Who
from sdssync.school import Group, Pupil, Teacher

_ENTER = "Enter the school e-mail address in iSAMS."
_ADVICE = {
    Reason.PUPIL_WITHOUT_EMAIL: _ENTER,
    Reason.TEACHER_WITHOUT_EMAIL: _ENTER,
    Reason.USER_WITHOUT_ID: "Give the pupil a SchoolId, or the member of staff an Id, in iSAMS.",
    Reason.USER_WITHOUT_NAME: "Fill in both names in iSAMS: include_names is set.",
    Reason.DUPLICATE_USERNAME: "Correct the e-mail address of one of the two in iSAMS.",
    Reason.EXTRA_TEACHER_NOT_FOUND: "Correct the entry in the profile.",
    Reason.CLASS_WITHOUT_PUPILS: "Look in iSAMS at the pupils on its list: their year, their address, whether they are"
    " current.",
    Reason.CLASS_WITHOUT_TITLE: "Give the set a code in iSAMS, or put {set_name} into title in the profile.",
    Reason.DUPLICATE_CLASS: "Ask iSAMS support why two records have one id.",
    Reason.VALUE_WITH_LINE_BREAK: "Remove the line break in iSAMS.",
    Reason.VALUE_TOO_LONG: "Correct the value in iSAMS.",
    Reason.CLASS_TOO_SMALL: "Put more pupils into it in iSAMS, or lower min_pupils under [classes] in the profile.",
    Reason.PUPIL_OUTSIDE_YEAR_GROUPS: "Correct NCYear of the pupil in iSAMS, or add the year to year_groups.",
    Reason.PUPIL_NOT_CURRENT: "If this is a current pupil, correct the number in the set list in iSAMS.",
    Reason.TEACHER_NOT_CURRENT: "Set a current teacher for the set in iSAMS.",
    Reason.GROUP_OWNER_NOT_CURRENT: "Set a current tutor or house master in iSAMS.",
}
"""What to do in iSAMS or in the profile about one person or class that is left out."""
_GROUPS = {"form": "form", "academic-house": "academic house", "boarding-house": "boarding house", "year": "year group"}


ELSEWHERE = frozenset({StepKind.YEAR, StepKind.DUTY, StepKind.NOT_CURRENT})
"""Where a way ends that has nothing to do with the profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """Words the steps of one profile."""

    roll: Roll
    files: Mapping[str, str]
    """The files of the profile and its parts, by name."""
    years: Mapping[str, tuple[int, ...]]
    """Their years."""
    profiles: tuple[str, ...] = ()
    """Those that answer."""

    @classmethod
    def of(cls, answer: Answer, profile: ProfileAnswer) -> Self:
        """Return the words for the steps of a profile."""
        names = tuple(other.profile for other in answer.profiles)
        return cls(roll=answer.roll, files=profile.files, years=profile.years, profiles=names)

    def why(self, step: Step) -> str:  # noqa: PLR0911  (one sentence for each kind)
        """Return why the way ends at a step, as the end of a sentence."""
        match step.kind:
            case StepKind.NOT_CURRENT:
                return "not a current pupil or member of staff in iSAMS"
            case StepKind.YEAR:
                other = f"not year {legible(step.value)}" if step.value.strip() else "and the year is empty in iSAMS"
                return f"{step.part} takes only {self._years(step)}, {other} ({self._key(step)})"
            case StepKind.DUTY:
                return "teaches none of its sets, leads none of its groups, and is not an extra teacher"
            case StepKind.FILTER:
                return self._filter([step])
            case StepKind.EMPTY:
                return "the profile takes no pupil of it" if step.key else "no one is on its set list in iSAMS"
            case StepKind.GROUP:
                return f"not asked for: {self._key(step)}"
            case StepKind.OWNERS:
                return f'not marked as a primary teacher in iSAMS, and {self._key(step)} is "primary"'
            case StepKind.WAITING:
                return f"its pupils wait until {step.value}: {self._key(step)}"
            case StepKind.OMISSION if step.reason:
                return self._omission(step.reason, step.ids)
            case _:
                return step.kind.replace("_", " ")

    def why_all(self, steps: Sequence[Step]) -> str:
        """Return why the ways of several end, which all end at one key, or for one reason."""
        step = steps[0]
        if len({found.value for found in steps}) > 1:
            if step.kind is StepKind.YEAR:
                return f"{step.part} takes only {self._years(step)} ({self._key(step)})"
            if step.kind is StepKind.FILTER:
                return self._filter(steps)
        return self.why(step)

    def in_short(self, step: Step) -> str:
        """Return why the way ends at a step in every profile."""
        if step.kind is not StepKind.YEAR or len(self.profiles) == 1:
            return self.why(step)
        return f"no profile takes year {legible(step.value)}" if step.value.strip() else "the year is empty in iSAMS"

    def advice(self, step: Step) -> str:
        """Return what to do about a step at which the way ends; "" if there is nothing."""
        if step.kind is StepKind.OMISSION and step.reason:
            return _ADVICE.get(step.reason, "")
        if step.kind is StepKind.YEAR and not step.value.strip():
            return "Correct the year in iSAMS."
        if step.kind is StepKind.EMPTY and not step.key:
            return "Put pupils on its list in iSAMS; until then it makes no class."
        return ""

    def way(self, step: Step) -> str:
        """Return how someone comes to a class or a set, as the end of a sentence."""
        match step.kind:
            case StepKind.SET_LIST:
                times = {1: "", 2: " twice"}.get(step.number, f" {step.number:,} times")
                by_record = RowKey.RECORD_ID in step.ids
                number = ", by the number of the record, without a SchoolId" if by_record else ""
                return f"on the list of set {legible(step.value)}{times}{number}"
            case StepKind.TEACHER:
                primary = " as the primary teacher" if step.key else ""
                return f"teaches set {legible(step.value)}{primary}"
            case StepKind.GROUP:
                return f"{_GROUPS.get(step.key, 'group')} {legible(step.value)}"
            case StepKind.EXTRA_TEACHER:
                return "an extra teacher of every class"
            case StepKind.MERGE:
                return f"merged of the sets {', '.join(map(legible, step.ids))}: {self._key(step)}"
            case _:
                return ""

    def duty(self, step: Step) -> str:
        """Return what makes someone a user of the set, as a sentence."""
        of_part = f" of {step.part}" if len(self.years) > 1 else ""
        match step.kind:
            case StepKind.YEAR:
                return f"{step.part} takes year {legible(step.value)}."
            case StepKind.EXTRA_TEACHER:
                return f"An extra teacher: {self._key(step)}."
            case StepKind.TEACHER:
                return f"Teaches {counted(step.number, 'set', 'sets')}{of_part or ' of the profile'}."
            case StepKind.GROUP:
                return f"Leads {counted(step.number, 'group', 'groups')}{of_part or ' of the profile'}."
            case _:
                return ""

    def _key(self, step: Step) -> str:
        """Return a key with the file that it is in: `subjects.exclude in profiles.d/seniors.toml`."""
        file = self.files.get(step.part, "")
        return f"{step.key} in {file}" if file else step.key

    def _filter(self, steps: Sequence[Step]) -> str:
        """Return what a key filters: one subject or code, or several."""
        step = steps[0]
        is_subject = step.key in (FilterKey.SUBJECTS_EXCLUDE, FilterKey.SUBJECTS_INCLUDE)
        values = list(dict.fromkeys(found.value for found in steps))
        named = enumerated([self._subject(value) if is_subject else legible(value) for value in values])
        noun = "subject" if is_subject else "code"
        left_out = "left out" if step.key in (FilterKey.SUBJECTS_EXCLUDE, FilterKey.CLASSES_EXCLUDE) else "not taken"
        verb = f"{noun} {named} is" if len(values) == 1 else f"{noun}s {named} are"
        return f"{verb} {left_out}: {self._key(step)}"

    def _subject(self, subject_id: str) -> str:
        subject = self.roll.subjects.get(subject_id)
        return f"{legible(subject_id)}{f' ({legible(subject.name)})' if subject else ''}"

    def _years(self, step: Step) -> str:
        years = self.years.get(step.part, ())
        return f"{'year' if len(years) == 1 else 'years'} {years_text(years)}"

    def _omission(self, reason: Reason, others: Sequence[str]) -> str:
        """Return why a row is left out, of a username that others have by their names."""
        if reason is Reason.DUPLICATE_USERNAME and others:
            names = "; ".join(person_words(person_of(self.roll, other)) for other in others)
            return f"{names} has the same e-mail address in iSAMS"
        return omission_words(reason)


def ends_of(steps: Sequence[Step]) -> list[Step]:
    """Return the steps at which a way ends."""
    return [step for step in steps if not step.passes]


def enumerated(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def person_of(roll: Roll, identifier: str) -> PersonRef:
    """Return whom iSAMS has under an id."""
    everyone: tuple[Pupil | Teacher, ...] = (*roll.school.pupils, *roll.school.teachers)
    record = next((record for record in everyone if user_id(record) == identifier), None)
    return PersonRef(id=identifier, record=record)


def called(who: Who) -> str:
    """Return someone as a sentence names them: `Ava Brown`; the id of someone without a record."""
    record = next(iter(who.records), None)
    if record is None:
        return legible(who.id)
    return legible(" ".join(filter(None, (record.forename, record.surname)))) or name_of(record)


def thing_words(thing: Thing) -> str:
    """Return a teaching set or a group as a sentence names it: `9A/Ma1`."""
    if isinstance(thing, Group):
        return legible(thing.name or thing.code or thing.id)
    return legible(thing.code or thing.name or f"set {thing.id}")
