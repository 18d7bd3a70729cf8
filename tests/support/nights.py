"""Nights of one installation: a school is written as a document, `run-all` runs on a day, and the outcome is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.support.installation import SETTINGS, install
from tests.support.made_school import Enrollment, Rows, School
from tests.support.runs import Ran, command, rows

FIRST_DAY = date(2026, 9, 7)
NAME = "Whole"
_PROFILE = f'name = "{NAME}"\nformat = "v2.1"\noutput = "csv/{NAME}"\nyear_groups = {[*range(3, 14)]}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Tripped:
    """A gate that holds a set, as the program reports it."""

    gate: str
    baseline: str
    limit: str | None
    removed: int
    of: int

    def __str__(self) -> str:
        return f"{self.gate} {self.removed}/{self.of} ({self.baseline})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """How a run ended."""

    day: date
    exit_code: int
    outcome: str
    counts: tuple[int, int, int]
    """Users, classes and enrollments of the set that was generated."""
    plan: Mapping[str, Any] | None
    """What `plan` of the JSON has; None where the program has no gates."""
    gates: tuple[Tripped, ...]

    @property
    def names(self) -> set[tuple[str, str]]:
        """Return gate and baseline of everything that tripped."""
        return {(tripped.gate, tripped.baseline) for tripped in self.gates}

    @property
    def plan_id(self) -> str:
        """Return the id by which the held set is approved."""
        assert self.plan is not None, "the program has no gates"
        return str(self.plan["plan_id"])


class Diary:
    """An installation with one profile of all years, night after night, in a folder of its own."""

    def __init__(self, folder: Path, safety: str = "") -> None:
        """Write the installation; `safety` is the text of `[safety]` in `sdssync.toml`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._config = install(folder, f"{SETTINGS}{safety}", whole=_PROFILE)
        self.today = FIRST_DAY

    def night(self, school: School) -> Night:
        """Run on the document of this school, and go on to the next day."""
        (self._folder / "hartley.xml").write_text(school.document(), encoding="utf-8")
        night = _night(self.today, self._command("run-all", "--format", "json"))
        self.today += timedelta(days=1)
        return night

    def approve(self, night: Night) -> Ran:
        """Approve the set that was held in this night, on the day of the night."""
        arguments = ("approve", NAME, night.plan_id, "--today", night.day.isoformat())
        return command("--config", self._config, *arguments)

    def published(self) -> Rows:
        """Read the published set."""
        folder = self._folder / "csv" / NAME
        users = {user: username for user, username, *_ in rows(folder / "users.csv")}
        students = {user: int(grade) for user, _, role, grade in rows(folder / "roles.csv") if role == "student"}
        return Rows(
            usernames=users,
            years=students,
            titles={number: title for number, _, title in rows(folder / "classes.csv")},
            enrollments=frozenset(Enrollment(*row) for row in rows(folder / "enrollments.csv")),
        )

    def _command(self, *arguments: str) -> Ran:
        return command("--quiet", "--config", self._config, *arguments, "--today", self.today.isoformat())


def _night(day: date, ran: Ran) -> Night:
    [profile] = ran.json["profiles"]
    plan = profile.get("plan")
    return Night(
        day=day,
        exit_code=ran.exit_code,
        outcome=profile["outcome"],
        counts=(profile["users"], profile["classes"], profile["enrollments"]),
        plan=plan,
        gates=tuple(
            Tripped(
                gate=gate["gate"],
                baseline=gate["baseline"],
                limit=gate["limit"],
                removed=gate["removed"],
                of=gate["of"],
            )
            for gate in (plan or {"gates": ()})["gates"]
        ),
    )
