"""
Hundreds of nights of one installation, with a model of what must be published after each of them.

The school lives on, iSAMS is wrong now and then, runs are killed and disks are full, and a person approves, restores,
releases or waits. After a run without a fault everything is as the model says, to the byte; after any other each
output folder has the old set or the new one, and the next run without a fault gives exactly what the model says.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests.support.expected_sets import Records, Usernames, expect_set
from tests.support.faults import DOCUMENTED, KILLED, judge
from tests.support.gate_oracle import Limits
from tests.support.ledger import Forecast, Generation, KeptAddresses, Ledger, last_usernames
from tests.support.living_school import LivingSchool
from tests.support.made_school import dice, school_id
from tests.support.runs import Ran
from tests.support.soak_faults import (
    NOTHING,
    TWINS,
    WITHOUT_OUTPUT,
    Ask,
    Certainty,
    Fault,
    Scene,
    choose_fault,
    killed_at_random,
)
from tests.support.soak_installation import FREEZE, LOG, PART_ALONE, PROFILES, AcademicYear, SoakInstallation

FIRST_DAY = date(2026, 8, 20)
_SKIPPED = Forecast(outcome="skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A night, and what happens in it."""

    number: int
    rng: random.Random
    fault: Fault

    @property
    def day(self) -> date:
        """Return its day."""
        return FIRST_DAY + timedelta(days=self.number)


@dataclass(kw_only=True)
class Soak:
    """An installation, the school, and everything that must be known to say what is published."""

    installation: SoakInstallation
    ask: Ask
    seed: int
    faults: Sequence[Fault]
    school: LivingSchool = field(default_factory=LivingSchool)
    ledgers: Mapping[str, Ledger] = field(
        default_factory=lambda: {
            profile.name: Ledger(profile=profile, limits=Limits(freeze=(FREEZE,))) for profile in PROFILES
        }
    )
    addresses: KeptAddresses = field(default_factory=KeptAddresses)
    year: AcademicYear = field(default_factory=lambda: AcademicYear(first=FIRST_DAY.year - 1))
    edit_on: date = FIRST_DAY
    """The day on which the administrator moves the profiles to the academic year of that day."""
    played: Counter[str] = field(default_factory=Counter)
    """How often each fault befell a night."""
    ended: Counter[str] = field(default_factory=Counter)
    """How often a profile ended with each outcome, and what a person decided."""

    def spend(self, number: int) -> None:
        """
        Let a night pass.

        Raises:
            AssertionError: the program disagrees with the model.

        """
        rng = dice(self.seed * 1_000_000 + number)
        night = Night(number=number, rng=rng, fault=choose_fault(self.faults, rng) if number else NOTHING)
        self._let_time_pass(night)
        records = self.school.records(rng, with_twins=night.fault is TWINS)
        if self._is_unforeseeable(night, records.usernames):
            night = replace(night, fault=NOTHING)
        self.played[night.fault.name] += 1
        self.installation.write_document(records.document())
        if night.fault is WITHOUT_OUTPUT:
            for ledger in self.ledgers.values():
                ledger.output = None
        forecasts = self._forecasts(records, night)
        ran = night.fault.play(self._scene(night, "run-all", "--format", "json", "--today", night.day.isoformat()))
        self._require(night, ran, self._check_run(night, ran, forecasts, records.usernames))
        if night.fault.certainty is Certainty.CERTAIN:
            for name, forecast in forecasts.items():
                self.ended[forecast.outcome] += 1
                self._decide(night, self.ledgers[name], forecast)
        self.installation.age()

    def verify(self) -> None:
        """
        Check the chain of the audit.

        Raises:
            AssertionError: it does not fit.

        """
        ran = self.ask("audit", "verify")
        assert ran.exit_code == 0, ran

    def _let_time_pass(self, night: Night) -> None:
        if (night.day.month, night.day.day) == (9, 1):
            self.school.begin_year(night.rng)
            self.edit_on = night.day + timedelta(days=night.rng.randint(0, 2))
        if night.day == self.edit_on:
            self.year = AcademicYear(first=night.day.year - (night.day.month < 9))
            self.installation.configure(self.year)
        self.school.pass_night(night.rng, night.number)
        if night.fault is NOTHING and night.rng.random() < 0.08:
            self.school.lose_address(night.rng, self._candidates(), night.number)

    def _candidates(self) -> list[int]:
        """Return those who have the same username in every last generation, so that it is known which is kept."""
        published = last_usernames(self.ledgers.values())
        sets = [ledger.last.expected.plain for ledger in self.ledgers.values() if ledger.last]
        agreed = {
            user
            for user, username in published.items()
            if all(plain.users[user].username == username for plain in sets if user in plain.users)
        }
        school = self.school.school
        return [
            *(number for number in school.pupils if school_id(number) in agreed),
            *(number for number in school.teachers if str(number) in agreed),
        ]

    def _is_unforeseeable(self, night: Night, usernames: Usernames) -> bool:
        """
        Return True if the contract leaves open what comes of a fault.

        A run that is killed may have written down, or not, since when an address is missing. A set whose publication
        was interrupted is adopted if it is in the output folder, which a hand may have deleted since.
        """
        if night.fault is WITHOUT_OUTPUT:
            return not all(ledger.is_waiting_known for ledger in self.ledgers.values())
        missing = self.addresses.missing(usernames, self.ledgers.values(), night.day)
        return night.fault.certainty is Certainty.OPEN and missing != self.addresses.since

    def _forecasts(self, records: Records, night: Night) -> Mapping[str, Forecast]:
        """Return what must become of each profile."""
        usernames = self.addresses.keep(records.usernames, self.ledgers.values(), night.day)
        return {name: self._forecast(ledger, records, usernames, night) for name, ledger in self.ledgers.items()}

    def _forecast(self, ledger: Ledger, records: Records, usernames: Usernames, night: Night) -> Forecast:
        profile = ledger.profile
        if night.day > self.year.last_day:
            return _SKIPPED
        if records.twin and not profile.parity and records.school.pupils[records.twin].year in profile.years:
            return Forecast(outcome="rejected")
        expected = expect_set(profile, records, usernames, self.year.suffix)
        return ledger.forecast(
            Generation(expected=expected, suffix=self.year.suffix, day=night.day, night=night.number)
        )

    def _scene(self, night: Night, *line: str) -> Scene:
        return Scene(folder=self.installation.folder, ask=self.ask, rng=night.rng, line=(*line, "--log-file", LOG))

    def _require(self, night: Night, ran: Ran, wrong: Sequence[str]) -> None:
        if wrong:
            again = f"make soak SEED={self.seed} NIGHTS={night.number + 1}"
            lines = [f"night {night.number}, {night.day}, {night.fault.name} ({again}):", *wrong, ran.err[-3000:]]
            raise AssertionError("\n".join(lines))

    def _check_run(self, night: Night, ran: Ran, forecasts: Mapping[str, Forecast], usernames: Usernames) -> list[str]:
        """Return what is wrong after the run, and note what it did."""
        are_skipped = all(forecast is _SKIPPED for forecast in forecasts.values())
        if night.fault.certainty is Certainty.OPEN:
            self.ended[f"exit code {ran.exit_code} with a fault"] += 1
            return [*judge(ran, DOCUMENTED | {KILLED}), *self._look(forecasts, ran)]
        if night.fault.certainty is Certainty.LOCKED:
            return [*judge(ran, {night.fault.code}), *self._compare_sets()]
        if night.fault.certainty is Certainty.NO_SOURCE and not are_skipped:
            forecasts = {name: Forecast(outcome="failed") for name in forecasts}
            code = night.fault.code
        else:
            code = max(forecast.code for forecast in forecasts.values())
            if not are_skipped:
                missing = self.addresses.missing(usernames, self.ledgers.values(), night.day)
                self.addresses.since = missing
        wrong = judge(ran, {code})
        if wrong:
            return [*wrong, *_compare_results(ran, forecasts)]
        wrong += _compare_results(ran, forecasts)
        for name, forecast in forecasts.items():
            self.ledgers[name].conclude(forecast, night.day)
            self.ledgers[name].tidy(night.day, night.number)
        return [*wrong, *self._compare_sets(), *self._compare_state()]

    def _look(self, forecasts: Mapping[str, Forecast], ran: Ran) -> Iterator[str]:
        """Note which sets a run with a fault has published; yield what it must not have done."""
        found = self.installation.sets()
        claimed = _outcomes(ran)
        for name, forecast in forecasts.items():
            ledger, files = self.ledgers[name], found.get(name)
            new = forecast.new if forecast.outcome == "published" else None
            if new and files == new.expected.files:
                ledger.publish(new)
            elif files != ledger.output:
                yield f"{name} has neither the old set nor the new one"
            elif claimed.get(name) == "published":
                yield f"{name} is said to be published, and has the old set"
            ledger.is_waiting_known = False

    def _compare_sets(self) -> list[str]:
        """Return the profiles whose output folder is not what it must be."""
        found = self.installation.sets()
        return [
            f"{name} has {_describe(found.get(name))} instead of {_describe(ledger.output)}"
            for name, ledger in self.ledgers.items()
            if found.get(name) != ledger.output
        ]

    def _compare_state(self) -> Iterator[str]:
        """Yield what is kept and should not be, or should be and is not."""
        status = self.installation.status()
        for name, ledger in self.ledgers.items():
            kept = self.installation.generations(name)
            if set(kept) != set(map(str, ledger.generations)):
                yield f"{name} keeps {kept} instead of {sorted(ledger.generations)}"
            if ledger.is_waiting_known and bool(status[name]["held"]) != bool(ledger.held_on):
                yield f"{name} waits: {status[name]['held']}; it must be held since {ledger.held_on}"
            if status[name]["pinned"] != bool(ledger.pin):
                yield f"{name} is pinned: {status[name]['pinned']}"
        if hidden := self.installation.hidden():
            yield f"there are hidden files: {hidden}"

    def _decide(self, night: Night, ledger: Ledger, forecast: Forecast) -> None:
        """Approve, restore or release; or wait."""
        chance = night.rng.random()
        if ledger.pin:
            if chance < 0.35:
                self._release(night, ledger)
        elif forecast.outcome == "held" and forecast.new:
            if chance < 0.5:
                self._approve(night, ledger, forecast.new, is_killed=chance < 0.08)
        elif chance < 0.015 and len(ledger.generations) > 1 and not self.school.without_address:
            self._restore(night, ledger)

    def _approve(self, night: Night, ledger: Ledger, new: Generation, *, is_killed: bool) -> None:
        name, new = ledger.profile.name, replace(new, begins_anew=True)
        status = {profile["profile"]: profile for profile in self.ask("status", "--format", "json").json["profiles"]}
        line = ("approve", name, str(status[name]["held"]["plan_id"]), "--today", night.day.isoformat())
        scene = self._scene(night, *line, "--reason", f"night {night.number}")
        if is_killed:
            self.ended["approval killed"] += 1
            ran = killed_at_random(scene)
            wrong = judge(ran, {0, KILLED})
            if self.installation.sets().get(name) == new.expected.files:
                ledger.publish(new)
            ledger.is_waiting_known = False
        else:
            self.ended["approved"] += 1
            ran = self.ask(*scene.line)
            wrong = judge(ran, {0})
            ledger.publish(new)
        self._require(night, ran, [*wrong, *self._compare_sets()])

    def _restore(self, night: Night, ledger: Ledger) -> None:
        self.ended["restored"] += 1
        *_, wanted, _ = sorted(ledger.generations)
        ran = self.ask("restore", ledger.profile.name, str(wanted), "--log-file", LOG)
        restored = ledger.generations[wanted]
        ledger.publish(replace(restored, begins_anew=True, day=night.day, night=night.number))
        ledger.pin = wanted
        self._require(night, ran, [*judge(ran, {0}), *self._compare_sets(), *self._compare_state()])

    def _release(self, night: Night, ledger: Ledger) -> None:
        self.ended["released"] += 1
        ran = self.ask("release", ledger.profile.name, "--log-file", LOG)
        ledger.pin, ledger.held_on = 0, None
        self._require(night, ran, [*judge(ran, {0}), *self._compare_sets(), *self._compare_state()])


def _compare_results(ran: Ran, forecasts: Mapping[str, Forecast]) -> Iterator[str]:
    """Yield the profiles that ended in another way, or are held by other gates."""
    expected = {name: forecast.outcome for name, forecast in forecasts.items()} | {PART_ALONE.name: "combined"}
    if (outcomes := _outcomes(ran)) != expected:
        yield f"the profiles ended as {outcomes} instead of {expected}"
        return
    for profile in ran.json["profiles"]:
        gates = {(gate["gate"], gate["baseline"]) for gate in (profile.get("plan") or {"gates": ()})["gates"]}
        forecast = forecasts.get(profile["profile"], _SKIPPED)
        if gates != forecast.gates:
            yield f"{profile['profile']} is held by {sorted(gates)} instead of {sorted(forecast.gates)}"


def _outcomes(ran: Ran) -> Mapping[str, str]:
    """Return how each profile ended; a run that was killed says nothing."""
    try:
        return {profile["profile"]: profile["outcome"] for profile in json.loads(ran.out)["profiles"]}
    except (ValueError, KeyError):
        return {}


def _describe(files: Mapping[str, bytes] | None) -> str:
    return ", ".join(f"{name}: {data.count(10)} lines" for name, data in files.items()) if files else "no set"
