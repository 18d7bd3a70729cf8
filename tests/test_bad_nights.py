"""The bad nights: a first publication, one thing that goes wrong, and a second run that must not take people away."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.support.bad_nights import NIGHTS, PREP, SENIORS, SETTINGS, TODAY, Night
from tests.support.night_changes import DOCUMENT, FileChange, without_table
from tests.support.runs import Ran, command

pytestmark = pytest.mark.portable

ROOT = Path(__file__).parents[1]
KINDS = ("users", "classes", "enrollments")
NAMES = ("Forename", "Surname", "PreferredName", "Preferredname", "EmailAddress", "SchoolEmailAddress")
"""The elements of a document that no log may quote; full names are made of these words."""
UNTIL = "2026-12-02"
"""How long an address is kept that was there for the last time on the day before `TODAY`."""

Begin = Callable[[FileChange], Path]
Spend = Callable[[Night], "Morning"]


@pytest.fixture(scope="session")
def begin(tmp_path_factory: pytest.TempPathFactory) -> Begin:
    """
    Return what gives the demo after an ordinary night, with a change made before that night.

    Each such installation is published once for the session. It comes back to the same folder whenever it is asked
    for, because the state may have absolute paths.
    """
    published: dict[FileChange, tuple[Path, Path]] = {}

    def installation(before: FileChange) -> Path:
        if before not in published:
            folder = tmp_path_factory.mktemp("night") / "demo"
            _install(folder)
            before(folder)
            ran = _run_all(folder, TODAY, *(("--cached",) if (folder / "state").exists() else ()))
            assert ran.exit_code == 0, ran.err
            assert {result["outcome"] for result in ran.json["profiles"]} == {"published"}
            published[before] = folder, folder.with_name("after the first night")
            shutil.copytree(*published[before])
        folder, copy = published[before]
        shutil.rmtree(folder)
        shutil.copytree(copy, folder)
        return folder

    return installation


@pytest.fixture(scope="session")
def spend(begin: Begin) -> Spend:
    """Return what lets a night happen, once for the session."""
    mornings: dict[str, Morning] = {}

    def morning(night: Night) -> Morning:
        if night.name not in mornings:
            mornings[night.name] = _spend(night, begin(night.before))
        return mornings[night.name]

    return morning


@pytest.mark.slow
@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_it_is_the_night_that_is_listed(night: Night, begin: Begin, tmp_path: Path) -> None:
    """The set that the night makes lacks just as many users, classes and enrollments as its row of the table says."""
    folder = begin(night.before)
    night.change(folder)

    ran = _run_all(folder, night.today, *night.options, "--dry-run", "--keep", tmp_path)

    assert {
        result["profile"]: tuple(map(len, _removed(folder / result["output"], tmp_path / result["profile"])))
        for result in ran.json["profiles"]
        if night.expected[result["profile"]].removed is not None
    } == {name: expected.removed for name, expected in night.expected.items() if expected.removed is not None}


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_nothing_is_taken_away(night: Night, spend: Spend) -> None:
    """Each profile ends as its row says, by these gates; what is not published anew keeps its bytes."""
    morning = spend(night)

    assert morning.results == {
        name: (expected.outcome, expected.gates, expected.kept) for name, expected in night.expected.items()
    }
    assert morning.ran.exit_code == night.exit_code
    assert morning.altered == {name for name, expected in night.expected.items() if expected.outcome == "published"}
    assert morning.warned(night.warning)
    assert morning.quoted == []


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_the_plan_counts_what_is_removed(night: Night, spend: Spend) -> None:
    """The plan of a judged profile counts what its set lacks, and says until when an address is kept."""
    morning = spend(night)

    for name, plan in morning.plans.items():
        expected = night.expected[name]
        counted = "last" if plan["baseline"] else "folder"
        others = {gate["baseline"] for gate in plan["gates"]} - {counted, "window"}
        if expected.removed is not None and not others:  # else the set that is lost is not the one that is counted
            assert (name, *(plan[kind]["removed"] for kind in KINDS)) == (name, *expected.removed)
        assert {person["until"] for person in plan["kept"]} <= {UNTIL}
    assert morning.plans.keys() >= {name for name, expected in night.expected.items() if expected.gates}


@pytest.mark.nights
@pytest.mark.slow
def test_the_table(spend: Spend) -> None:
    """Print what comes of every night as Markdown (with `-s`): gates, exit code, and whether the bytes are the same."""
    mornings = [(night, spend(night)) for night in NIGHTS]

    print("\n| night | Prep | Seniors | exit code | bytes of Prep | bytes of Seniors |\n|---|---|---|---|---|---|")  # noqa: T201
    for night, morning in mornings:
        cells = (morning.cell("Prep"), morning.cell("Seniors"), str(morning.ran.exit_code))
        print("|", " | ".join((night.name, *cells, morning.bytes_of("Prep"), morning.bytes_of("Seniors"))), "|")  # noqa: T201

    assert all(morning.ran.exit_code == night.exit_code for night, morning in mornings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What is found the next day."""

    ran: Ran
    altered: set[str]
    """The profiles whose output folder has other bytes than before, or has come into being."""
    quoted: list[str]
    """The names and addresses of the documents that are on stderr."""

    @property
    def profiles(self) -> Mapping[str, dict[str, Any]]:
        """Return the results of the second run, by profile."""
        return {result["profile"]: result for result in self.ran.json["profiles"]}

    @property
    def plans(self) -> Mapping[str, dict[str, Any]]:
        """Return the plans of the profiles that were judged."""
        return {name: result["plan"] for name, result in self.profiles.items() if result.get("plan")}

    @property
    def results(self) -> Mapping[str, tuple[str, frozenset[str], int]]:
        """Return outcome, gates and number of kept addresses, by profile."""
        none: dict[str, Any] = {"gates": [], "kept": []}
        plans = {name: self.plans.get(name, none) for name in self.profiles}
        return {
            name: (
                result["outcome"],
                frozenset(gate["gate"] for gate in plans[name]["gates"]),
                len(plans[name]["kept"]),
            )
            for name, result in self.profiles.items()
        }

    def warned(self, event: str) -> bool:
        """Return True if a warning was logged whose event begins like this; "" asks for none."""
        return not event or any(
            line["event"].startswith(event) and line["level"] == "warning" for line in self.ran.logs()
        )

    def cell(self, name: str) -> str:
        """Return the outcome of a profile and its gates."""
        if name not in self.profiles:
            return "no profile"
        outcome, gates, kept = self.results[name]
        return ": ".join(filter(None, (outcome, ", ".join(sorted(gates)), f"{kept} kept" if kept else "")))

    def bytes_of(self, name: str) -> str:
        """Return whether the set of a profile is the same as before."""
        return "other" if name in self.altered else "same"


def _spend(night: Night, folder: Path) -> Morning:
    """Let a night happen to an installation."""
    before = {path: path.read_bytes() for path in (folder / "csv").rglob("*.csv")}
    night.change(folder)
    ran = _run_all(folder, night.today, *night.options)
    after = {path: path.read_bytes() for path in (folder / "csv").rglob("*.csv")}
    outputs = {result["profile"]: folder / result["output"] for result in ran.json["profiles"] if result["output"]}
    outputs.setdefault("Seniors", folder / "csv" / "Seniors")
    altered = {name for name, output in outputs.items() if _within(output, before) != _within(output, after)}
    personal = {text for file in folder.rglob("*.xml") for text in _personal(file)}
    quoted = personal & {word for pattern in (r"[\w.@-]+", r"\w+") for word in re.findall(pattern, ran.err)}
    return Morning(ran=ran, altered=altered, quoted=sorted(quoted))


def _within(folder: Path, files: Mapping[Path, bytes]) -> Mapping[Path, bytes]:
    return {path: content for path, content in files.items() if path.parent == folder}


def _install(folder: Path) -> None:
    """Copy the demo without its combined profile and without classes of forms."""
    for name in (SETTINGS, PREP, SENIORS, DOCUMENT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    without_table(PREP, "groups")(folder)


def _run_all(folder: Path, today: str, *options: str | Path) -> Ran:
    return command("run-all", "--config", folder / SETTINGS, "--format", "json", "--today", today, *options)


def _removed(old: Path, new: Path) -> Iterator[set[tuple[str, ...]]]:
    """Yield the users, classes and enrollments of a set that another lacks; nothing is lost where there was no set."""
    for kind, width in zip(KINDS, (1, 1, 3), strict=True):
        yield _ids(old / f"{kind}.csv", width) - _ids(new / f"{kind}.csv", width) if old.exists() else set()


def _ids(file: Path, width: int) -> set[tuple[str, ...]]:
    """Return the ids of the rows of a file: their first columns."""
    with file.open(encoding="utf-8", newline="") as stream:
        return {tuple(row[:width]) for row in csv.reader(stream)}


def _personal(file: Path) -> Iterator[str]:
    """Yield the names and addresses of a document."""
    for element in etree.parse(file).getroot().iter(*NAMES):
        if element.text:
            yield element.text
