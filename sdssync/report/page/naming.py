"""How the page names people and classes: with their names, or by ids alone so that it may be shown to others."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from sdssync.files.names import has_invisible, printable
from sdssync.report.matter import Matter
from sdssync.report.names import legible, name_of
from sdssync.report.plan import who
from sdssync.safety.causes import Causes
from sdssync.safety.changes import Changes
from sdssync.school import Pupil, Teacher


class Naming(Protocol):
    """What the page calls people and classes."""

    audience: str
    """Who may see the page."""

    def identifier(self, identifier: str) -> str:
        """Return the id of a person."""

    def person(self, identifier: str, record: Pupil | Teacher | None) -> str:
        """Return what a person of the school is called."""

    def someone(self, user_id: str, changes: Changes, causes: Causes | None) -> str:
        """Return what a person of either set is called."""

    def title(self, title: str, code: str, class_id: str) -> str:
        """Return what a class is called."""

    def private(self, text: str) -> str:
        """Return an address, an account or a reason that a person wrote."""

    def matters(self, matters: Sequence[Matter]) -> tuple[Matter, ...]:
        """Return what is to be done."""


class WithNames:
    """Names, titles and addresses, for those who look after the sets."""

    audience = (
        "This page may hold names and addresses of children and staff. It is for the people of your school who look"
        " after School Data Sync only: do not pass it on, and delete it when you have read it."
    )

    def identifier(self, identifier: str) -> str:
        """Return the id of a person."""
        return shown(identifier)

    def person(self, identifier: str, record: Pupil | Teacher | None) -> str:
        """Return the name of a person; of one whom iSAMS does not have the id."""
        return shown(name_of(record) if record else identifier)

    def someone(self, user_id: str, changes: Changes, causes: Causes | None) -> str:
        """Return a person with year and id, as iSAMS or else one of the sets has them."""
        return shown(who(changes, causes, user_id))

    def title(self, title: str, code: str, class_id: str) -> str:
        """Return the title of a class."""
        return shown(title or code or class_id)

    def private(self, text: str) -> str:
        """Return the text itself."""
        return shown(text)

    def matters(self, matters: Sequence[Matter]) -> tuple[Matter, ...]:
        """Return them as they are."""
        return tuple(replace(matter, details=tuple(map(printable, matter.details))) for matter in matters)


class WithoutNames:
    """Ids, codes and counts only: a title may hold the name of a teacher."""

    audience = (
        "This page holds no names, addresses and titles, but ids and codes by which people of your school can be"
        " found. Pass it on only to those who need it."
    )

    def identifier(self, identifier: str) -> str:
        """Return the id of a person; that of an extra teacher may be an address."""
        return "an address" if "@" in identifier else shown(identifier) or "no id"

    def person(self, identifier: str, record: Pupil | Teacher | None) -> str:
        """Return the id."""
        del record
        return self.identifier(identifier)

    def someone(self, user_id: str, changes: Changes, causes: Causes | None) -> str:
        """Return the id."""
        del changes, causes
        return self.identifier(user_id)

    def title(self, title: str, code: str, class_id: str) -> str:
        """Return the code of a class, without one its id."""
        del title
        return shown(code or class_id)

    def private(self, text: str) -> str:
        """Return nothing."""
        del text
        return ""

    def matters(self, matters: Sequence[Matter]) -> tuple[Matter, ...]:
        """Return them without their details, which name people and classes."""
        return tuple(replace(matter, details=()) for matter in matters)


def shown(text: str) -> str:
    """Return a text as the page can show it: not too long, and without what no one can see."""
    text = legible(text)
    return printable(text) if has_invisible(text) else text
