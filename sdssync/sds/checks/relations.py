"""Rules about several rows or files: contacts (R11), users without role (R12), orders of dates and orgs (R16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdssync.sds.checks.collector import Place, Verdict
from sdssync.sds.checks.file_state import Context, Table
from sdssync.sds.csv_file import Block, places_of
from sdssync.sds.data_types import is_blank, parse_date
from sdssync.sds.findings import Severity
from sdssync.sds.schema import ORGS, RELATIONSHIPS, ROLES, SESSIONS, USERS, SdsFormat

CONTACT_NEEDS = ("givenName", "familyName", "email")
CONTACT = "relationshipUserSourcedId"
WATCHED: Mapping[str, str] = {ROLES: "userSourcedId", RELATIONSHIPS: CONTACT}
"""The columns whose distinct values the rules below ask for."""
DATE_PAIRS: Mapping[str, tuple[str, str]] = {
    SESSIONS: ("startDate", "endDate"),
    ROLES: ("roleStartDate", "roleEndDate"),
}


@dataclass(slots=True)
class DateOrderCheck:
    """
    Reports an end before its beginning (R16).

    Why: it cannot be meant. Bad: startDate 2027-07-01, endDate 2026-09-01. Mend: correct the dates.
    """

    table: Table
    names: tuple[str, str]
    _good: set[tuple[str, str]] = field(default_factory=set)

    def take(self, block: Block, context: Context) -> None:
        """Judge the distinct pairs of a block."""
        start, end = (block.columns[self.table.places[name]] for name in self.names)
        fresh = set(zip(start, end, strict=True)) - self._good
        wrong = {pair for pair in fresh if _reversed(*pair)}
        self._good |= set(list(fresh - wrong)[:1000]) if len(self._good) < 1000 else set()
        if not wrong:
            return
        verdict = Verdict("SDS216", Severity.ADVICE, f"{self.names[1]} lies before {self.names[0]}")
        for place in places_of(wrong, zip(start, end, strict=True)):
            context.note(verdict, self.table, block.lines[place], block.row(place), self.names[1])


def _reversed(start: str, end: str) -> bool:
    begins, ends = parse_date(start), parse_date(end)
    return begins is not None and ends is not None and ends < begins


@dataclass(slots=True)
class OrgTree:
    """
    Reports an org that is its own ancestor (R16), once for each circle.

    Why: no tree can be made of it. Bad: A has parent B, and B has parent A. Mend: correct one parentSourcedId.
    """

    table: Table
    _parents: dict[str, str] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Note the parents that exist; of an id that stands twice, the one with the smaller parent."""
        orgs, parents = (block.columns[self.table.places[name]] for name in ("sourcedId", "parentSourcedId"))
        for org, parent in zip(orgs, parents, strict=True):
            if org in self.table.ids and parent in self.table.ids:
                self._parents[org] = min(parent, self._parents.get(org, parent))

    def finish(self, context: Context) -> None:
        """Walk up from each org until the walk ends or comes back."""
        cleared: set[str] = set()
        for start in self._parents:
            org = start
            path: dict[str, int] = {}
            while org in self._parents and org not in cleared and org not in path:
                path[org] = len(path)
                org = self._parents[org]
            if org in path:
                self._report(list(path)[path[org] :], context)
            cleared.update(path)

    def _report(self, circle: Sequence[str], context: Context) -> None:
        line, org = min((self.table.ids[org], org) for org in circle)
        verdict = Verdict("SDS216", Severity.ADVICE, f"the org is its own ancestor, in a circle of {len(circle)}")
        context.ledger.add(verdict, Place(ORGS, line, "parentSourcedId", org))


def incomplete_contacts(context: Context) -> None:
    """
    Report contacts without givenName, familyName or email (R11), each once.

    Why: SDS drops the relationship. Bad: a guardian whose email is empty. Mend: fill in both names and the address.
    """
    users = context.table(USERS)
    contacts = (
        context.table(RELATIONSHIPS).seen[CONTACT] & users.ids.keys() if RELATIONSHIPS in context.tables else set()
    )
    if not contacts or users.csv is None or users.gap:
        return
    needs = ("email",) if context.creates_users else CONTACT_NEEDS  # then the names are a matter of R18
    for name in needs:
        if name not in users.places:
            message = f"relationships.csv names contacts, and users.csv has no column {name}"
            context.ledger.add(Verdict("SDS211", Severity.ERROR, message), Place(USERS, 1, name))
    there = [name for name in needs if name in users.places]
    identifier = users.places["sourcedId"]
    for block in users.csv.blocks():
        for place in places_of(contacts, block.columns[identifier]):
            line, row = block.lines[place], block.row(place)
            _judge_contact(line, row, [name for name in there if is_blank(row[users.places[name]])], context)


def _judge_contact(line: int, row: Sequence[str], missing: Sequence[str], context: Context) -> None:
    if missing:
        verdict = Verdict("SDS211", Severity.ERROR, f"the user is a contact and lacks {' and '.join(missing)}")
        value = row[context.table(USERS).places["sourcedId"]]
        context.ledger.add(verdict, Place(USERS, line, missing[0], value))


def users_without_role(context: Context) -> None:
    """
    Report users who have no role and are no contacts (R12).

    Why: SDS cannot tell staff from students. Bad: 14001 is in users.csv only. Mend: add a row to roles.csv.
    """
    if context.format.name is not SdsFormat.V21:
        return
    users, roles, relationships = (context.table(name) for name in (USERS, ROLES, RELATIONSHIPS))
    idle = users.ids.keys() - roles.seen["userSourcedId"] - relationships.seen[CONTACT]
    known = (relationships.csv is None and not relationships.gap) or relationships.has(CONTACT)
    if not roles.has("userSourcedId") or roles.torn or relationships.torn or not known:
        context.ledger.suppress("SDS212", len(idle))
        return
    message = "the user has no row in roles.csv and is no contact"
    for user in sorted(idle, key=users.ids.__getitem__):
        verdict = Verdict("SDS212", Severity.WARNING, message, follows=user in users.dropped)
        context.ledger.add(verdict, Place(USERS, users.ids[user], "sourcedId", user))
