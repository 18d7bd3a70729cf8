"""
What one profile has published, night after night, and what must become of its next set: the model of the safety gates.

It reads no file of the program. The gates are those of `gate_oracle`; baselines, retention and kept addresses follow
the words of the contract (section 6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tests.support.expected_sets import ExpectedProfile, ExpectedSet, Usernames
from tests.support.gate_oracle import Limits, PlainSet, all_tripped

WINDOW = 30
KEPT_GENERATIONS = 30
"""Nights after which a generation that was replaced is removed."""
NEVER_REMOVED = 3
HELD_DAYS = 7
KEEP_ADDRESS = 7

Files = Mapping[str, bytes]
Gates = frozenset[tuple[str, str]]
"""Names of gates, each with the baseline against which it trips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A set that was published."""

    expected: ExpectedSet
    suffix: str
    """The one thing of the effective profile that changes."""
    day: date
    night: int
    """Retention counts nights, because it goes by the clock of the server."""
    begins_anew: bool = False
    """It was approved or restored: `window` looks back no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What must become of a profile in a run without a fault."""

    outcome: str
    gates: Gates = frozenset()
    new: Generation | None = None
    """The set that is published or held."""

    @property
    def code(self) -> int:
        """Return the part of the profile in the exit code."""
        return {"held": 4, "rejected": 1}.get(self.outcome, 0)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Everything that was published of one profile, as far as it must be kept."""

    profile: ExpectedProfile
    limits: Limits
    generations: dict[int, Generation] = field(default_factory=dict)
    """By number, those that are kept."""
    output: Files | None = None
    """What is in the output folder; None: nothing, because a hand has deleted it or nothing was published yet."""
    held_on: date | None = None
    """When a set was held last that still waits."""
    is_waiting_known: bool = True
    """Not after a run with a fault: what waited may have been replaced or not."""
    pin: int = 0
    """The generation that was restored, until the profile is released."""

    @property
    def newest(self) -> int:
        """Return the number of the last generation; 0 without one."""
        return max(self.generations, default=0)

    @property
    def last(self) -> Generation | None:
        """Return the last generation."""
        return self.generations.get(self.newest)

    def forecast(self, new: Generation) -> Forecast:
        """Return what must become of a set that the rules of SDS accept."""
        files = new.expected.files
        if files == self.output:
            return Forecast(outcome="unchanged", new=new)
        if self.last and files == self.last.expected.files:  # only the folder was touched
            return Forecast(outcome="published", new=new)
        baselines = self._baselines(new.day)
        changed = {"last"} if self.last and self.last.suffix != new.suffix else set()
        # a generation knows what its classes are made of, a folder does not
        kinds = {name: dict.fromkeys(old.classes, "set") for name, old in baselines.items() if name != "folder"}
        plain = new.expected.plain
        gates = all_tripped(baselines, plain, self.limits, settings_changed=changed, day=new.day, kinds=kinds)
        if self.pin:
            gates.add(("pinned", "last"))
        return Forecast(outcome="held" if gates else "published", gates=frozenset(gates), new=new)

    def publish(self, new: Generation) -> None:
        """Note that a set is in the output folder now."""
        files = new.expected.files
        if not self.last or files != self.last.expected.files or new.begins_anew:
            self.generations[self.newest + 1] = new
        self.output = files
        self.held_on, self.is_waiting_known = None, True

    def conclude(self, forecast: Forecast, day: date) -> None:
        """Note how a run without a fault ended for the profile."""
        if forecast.new and forecast.outcome == "published":
            self.publish(forecast.new)
        elif forecast.outcome == "unchanged":
            self.held_on, self.is_waiting_known = None, True
        elif forecast.outcome == "held":
            self.held_on, self.is_waiting_known = day, True

    def tidy(self, day: date, night: int) -> None:
        """Forget what retention removes at the end of a run."""
        if self.held_on and day > self.held_on + timedelta(days=HELD_DAYS):
            self.held_on = None
        numbers = sorted(self.generations)
        needed = {self._window(day), self.pin}
        for number, following in pairwise(numbers[: 1 - NEVER_REMOVED]):
            if night - self.generations[following].night >= KEPT_GENERATIONS and number not in needed:
                del self.generations[number]

    def _baselines(self, day: date) -> dict[str, PlainSet]:
        if self.last is None:
            return {}
        found = {"last": self.last.expected.plain}
        window = self._window(day)
        if window != self.newest:
            found["window"] = self.generations[window].expected.plain
        return found

    def _window(self, day: date) -> int:
        """Return the number of the set that was published 30 days ago, or of the first, or of the last decision."""
        numbers = sorted(self.generations)
        found = numbers[0] if numbers else 0
        for number in numbers:
            generation = self.generations[number]
            if generation.begins_anew or generation.day <= day - timedelta(days=WINDOW):
                found = number
        return found


@dataclass(slots=True)
class KeptAddresses:
    """Who has lost an address in iSAMS, since when."""

    since: Mapping[str, date] = field(default_factory=dict)
    """By user id, from the first night without it."""

    def missing(self, usernames: Usernames, ledgers: Iterable[Ledger], day: date) -> Mapping[str, date]:
        """Return since when those are without an address whom a last generation has."""
        published = last_usernames(ledgers)
        return {
            user: self.since.get(user, day) for user, address in usernames.items() if not address and user in published
        }

    def keep(self, usernames: Usernames, ledgers: Iterable[Ledger], day: date) -> Usernames:
        """Return the addresses in iSAMS, with those that are kept on a day."""
        published, missing = last_usernames(ledgers), self.missing(usernames, ledgers, day)
        taken = {address.lower() for address in usernames.values()}
        kept = {user for user, since in missing.items() if (day - since).days < KEEP_ADDRESS}
        return {
            user: published[user] if user in kept and published[user].lower() not in taken else address
            for user, address in usernames.items()
        }


def last_usernames(ledgers: Iterable[Ledger]) -> dict[str, str]:
    """Return the usernames in the last generations of all profiles; who has lost an address has one in all of them."""
    generations = [ledger.last for ledger in ledgers if ledger.last]
    people = [generation.expected.plain.users for generation in generations]
    return {user: plain.username for users in people for user, plain in users.items() if plain.username}
