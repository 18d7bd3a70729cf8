"""What a set has of a person or a class, and what another set has other than that, in words."""

from collections.abc import Iterator, Mapping, Sequence

from sdssync.report.answers import Answer
from sdssync.report.matter import LISTED, more
from sdssync.report.names import counted, legible, name_of
from sdssync.report.step_words import person_of
from sdssync.safety.csv_set import STUDENT, TEACHER, UserRow
from sdssync.safety.presence import ClassSeen, Seen

MEMBERS = 60
"""People of a class who are listed by name."""
_NOUNS = {TEACHER: ("teacher", "teachers"), STUDENT: ("pupil", "pupils")}


def seen_sentences(answer: Answer, seen: Seen) -> Iterator[str]:
    """Yield what the published set has of what was asked for."""
    classes = seen.classes
    if answer.who is None:
        for class_id, found in classes.items():
            yield f"Published now: the class {_class(class_id, found)}."
            yield from (f"{text}." for text in _members(answer, found.members))
        return
    if answer.things is not None:
        for class_id, found in classes.items():
            yield f"Published now: {_as_role(found)} of {_class(class_id, found)}."
        return
    user = f"{legible(seen.user.username)}, " if seen.user else ""
    titles = f": {_titles(list(classes.values()))}" if classes else ""
    yield f"Published now: {user}in {counted(len(classes), 'class', 'classes')}{titles}."


def change_words(answer: Answer, old: Seen, new: Seen) -> Iterator[str]:
    """Yield what a new set has of what was asked for other than the old one."""
    if old.user and new.user:
        yield from _user_changes(old.user, new.user)
    elif old.user or new.user:
        yield "not in the set any more" if old.user else "newly in the set"
    gone = {key: found for key, found in old.classes.items() if key not in new.classes}
    come = {key: found for key, found in new.classes.items() if key not in old.classes}
    yield from _replaced(answer, gone, come) if answer.things is not None else _moved(gone, come)
    for key, found in old.classes.items():
        if key in new.classes:
            yield from _class_changes(answer, found, new.classes[key])


def _moved(gone: Mapping[str, ClassSeen], come: Mapping[str, ClassSeen]) -> Iterator[str]:
    """Yield the classes that a person leaves, and those that the person joins."""
    if gone:
        yield f"not in {_listed(gone)} any more"
    if come:
        yield f"newly in {_listed(come)}"


def _replaced(answer: Answer, gone: Mapping[str, ClassSeen], come: Mapping[str, ClassSeen]) -> Iterator[str]:
    """Yield the class that goes or comes, or that is replaced by one with another id."""
    if gone and come:
        yield f"{_listed(come)} in place of {_listed(gone)}"
        yield from _member_changes(answer, _people(gone), _people(come))
    elif answer.who is None:
        yield f"no class {_listed(gone)} any more" if gone else f"the new class {_listed(come)}" if come else ""
    else:
        yield from _moved(gone, come)


def _people(classes: Mapping[str, ClassSeen]) -> dict[str, str]:
    return {user: role for found in classes.values() for user, role in found.members.items()}


def _user_changes(old: UserRow, new: UserRow) -> Iterator[str]:
    pairs = (
        ("the username", old.username, new.username),
        ("the role", old.role, new.role),
        ("the year", old.grade.lstrip("0"), new.grade.lstrip("0")),
        ("the surname", old.surname, new.surname),
        ("the forename", old.forename, new.forename),
        ("the organisation", old.orgs, new.orgs),
    )
    for what, before, after in pairs:
        if before != after:
            yield f"{what} is {legible(after) or 'empty'}, not {legible(before) or 'empty'}"


def _class_changes(answer: Answer, old: ClassSeen, new: ClassSeen) -> Iterator[str]:
    if old.title != new.title:
        yield f"the title is {legible(new.title)}, not {legible(old.title)}"
    if answer.who is None:
        yield from _member_changes(answer, old.members, new.members)
    elif old.members != new.members:
        yield f"{_as_role(new)} of {legible(new.title)}, not {_as_role(old)}"


def _member_changes(answer: Answer, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Yield who leaves a class, and who joins it."""
    for these, others, verb in ((old, new, "no longer in it"), (new, old, "newly in it")):
        only = {user: role for user, role in these.items() if others.get(user) != role}
        yield from (f"{verb}, {text}" for text in _members(answer, only))


def _members(answer: Answer, members: Mapping[str, str]) -> Iterator[str]:
    """Yield the people with each role: how many, and who."""
    for role, nouns in _NOUNS.items():
        users = [user for user, known in members.items() if known.lower() == role]
        if users:
            names = sorted(_name(answer, user) for user in users)
            yield f"{counted(len(users), *nouns)}: {'; '.join(names[:MEMBERS])}{more(len(names) - MEMBERS)}"


def _name(answer: Answer, user_id: str) -> str:
    record = person_of(answer.roll, user_id).record
    return name_of(record) if record else legible(user_id)


def _as_role(found: ClassSeen) -> str:
    return " and ".join(f"a {_NOUNS.get(role.lower(), (role, ''))[0]}" for role in found.members.values())


def _class(class_id: str, found: ClassSeen) -> str:
    return f"{legible(found.title)} (id {legible(class_id)})"


def _listed(classes: Mapping[str, ClassSeen]) -> str:
    named = [_class(class_id, found) for class_id, found in classes.items()]
    return f"{'; '.join(named[:LISTED])}{more(len(named) - LISTED)}"


def _titles(classes: Sequence[ClassSeen]) -> str:
    titles = [legible(found.title) for found in classes]
    return f"{', '.join(titles[:LISTED])}{more(len(titles) - LISTED)}"
