"""Before the day of `pupils_from` new classes get their teachers only: the pupils wait, and that is no omission."""

from collections.abc import Collection
from dataclasses import replace

from sdssync.roster.enrol import Roster


def hold_pupils(roster: Roster, parts: Collection[str], attended: Collection[str]) -> Roster:
    """
    Return a roster without the pupils who wait.

    Given are the names of the parts whose day is still to come, and the ids of the classes that have any pupil
    already: such a class takes all of its pupils. A class without a teacher waits whole. What several parts make
    together waits for the last of their days.
    """
    waiting = tuple(
        enrolled
        for enrolled in roster.classes
        if enrolled.id not in attended and any(part.name in parts for part in enrolled.parts)
    )
    if not waiting:
        return roster
    ids = {enrolled.id for enrolled in waiting}
    held = (replace(enrolled, pupils=()) if enrolled.id in ids else enrolled for enrolled in roster.classes)
    return replace(
        roster,
        classes=tuple(enrolled for enrolled in held if enrolled.teachers or enrolled.id not in ids),
        waiting=waiting,
    )
