"""Check several rows or files together: contacts (R11), users without role (R12), order of dates and orgs (R16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdssync.sds.checks.collector import Location, Offence
from sdssync.sds.checks.file_state import Context, FileState
from sdssync.sds.csv_file import Block, indexes_of
from sdssync.sds.data_types import is_blank, parse_date
from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import ORGS, RELATIONSHIPS, ROLES, SESSIONS, USERS

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
    """Report an end before its beginning (R16)."""

    state: FileState
    names: tuple[str, str]
    _in_order: set[tuple[str, str]] = field(default_factory=set)

    def take(self, block: Block, context: Context) -> None:
        """Judge the distinct pairs of a block."""
        start, end = (block.columns[self.state.column_index[name]] for name in self.names)
        fresh = set(zip(start, end, strict=True)) - self._in_order
        wrong = {pair for pair in fresh if _reversed(*pair)}
        self._in_order |= set(list(fresh - wrong)[:1000]) if len(self._in_order) < 1000 else set()
        if not wrong:
            return
        offence = Offence("SDS216", Severity.ADVICE, f"{self.names[1]} is before {self.names[0]}")
        for index in indexes_of(wrong, zip(start, end, strict=True)):
            context.note(offence, self.state, block.lines[index], block.row(index), self.names[1])


def _reversed(start: str, end: str) -> bool:
    begins, ends = parse_date(start), parse_date(end)
    return begins is not None and ends is not None and ends < begins


@dataclass(slots=True)
class OrgTree:
    """Report an org that is its own ancestor (R16), once for each circle."""

    state: FileState
    _parents: dict[str, str] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Note the parents that exist; for an id that appears twice, the smaller parent."""
        orgs, parents = (block.columns[self.state.column_index[name]] for name in ("sourcedId", "parentSourcedId"))
        for org, parent in zip(orgs, parents, strict=True):
            if org in self.state.ids and parent in self.state.ids:
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
        line, org = min((self.state.ids[org], org) for org in circle)
        offence = Offence("SDS216", Severity.ADVICE, f"the org is its own ancestor, in a circle of {len(circle)}")
        context.collector.add(offence, Location(ORGS, line, "parentSourcedId", org))


def incomplete_contacts(context: Context) -> None:
    """Report contacts without givenName, familyName or email (R11), each once."""
    users = context.state(USERS)
    contacts = (
        context.state(RELATIONSHIPS).seen[CONTACT] & users.ids.keys() if RELATIONSHIPS in context.states else set()
    )
    if not contacts or users.csv is None or users.is_incomplete:
        return
    needed = ("email",) if context.creates_users else CONTACT_NEEDS  # then R18 checks the names
    for name in needed:
        if name not in users.column_index:
            message = f"relationships.csv names contacts, and users.csv has no column {name}"
            context.collector.add(Offence("SDS211", Severity.ERROR, message), Location(USERS, 1, name))
    present = [name for name in needed if name in users.column_index]
    identifier = users.column_index["sourcedId"]
    for block in users.csv.blocks():
        for index in indexes_of(contacts, block.columns[identifier]):
            line, row = block.lines[index], block.row(index)
            _judge_contact(line, row, [name for name in present if is_blank(row[users.column_index[name]])], context)


def _judge_contact(line: int, row: Sequence[str], missing: Sequence[str], context: Context) -> None:
    if missing:
        offence = Offence("SDS211", Severity.ERROR, f"the user is a contact and lacks {' and '.join(missing)}")
        value = row[context.state(USERS).column_index["sourcedId"]]
        context.collector.add(offence, Location(USERS, line, missing[0], value))


def users_without_role(context: Context) -> None:
    """Report users who have no role and are not contacts (R12)."""
    if context.format.name is not SdsFormat.V21:
        return
    users, roles, relationships = (context.state(name) for name in (USERS, ROLES, RELATIONSHIPS))
    without_role = users.ids.keys() - roles.seen["userSourcedId"] - relationships.seen[CONTACT]
    known = (relationships.csv is None and not relationships.is_incomplete) or relationships.has(CONTACT)
    if not roles.has("userSourcedId") or roles.has_unread_rows or relationships.has_unread_rows or not known:
        context.collector.suppress("SDS212", len(without_role))
        return
    message = "the user has no row in roles.csv and is not a contact"
    for user in sorted(without_role, key=users.ids.__getitem__):
        offence = Offence("SDS212", Severity.WARNING, message, follows=user in users.dropped)
        context.collector.add(offence, Location(USERS, users.ids[user], "sourcedId", user))
