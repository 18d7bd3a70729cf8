"""
What a command of sdssync leaves behind when the disk fails or a kill comes, at each call that changes something.

    with workers() as pool:
        report = try_all(pool, SCENARIOS["publication"], tmp_path)
    assert not report.violations, report
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.forked import HUNG, forked
from tests.support.runs import Ran
from tests.support.scenarios import NEXT_RUN, SCENARIOS, Scenario, fresh
from tests.support.strace import (
    FAULTS,
    KILL,
    READ_FAULTS,
    READS,
    WRITES,
    Call,
    Injection,
    calls_in,
    injections,
    was_injected,
)

DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 130}
KILLED = -9
FAILED = 6
"""The code for a disk that fails."""

_TEMPORARY = re.compile(r"(?:^|/)\.[^/]+\.new$")
"""Temporary files of `files.atomic`: nothing was promised yet, so the next run need not mention them."""

Sets = Mapping[str, Mapping[str, bytes]]
"""For each published folder the bytes of its files."""


@dataclass(frozen=True, slots=True)
class State:
    """What there is after a run."""

    code: int
    sets: Sets
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a scenario is without a fault."""

    calls: Sequence[Call]
    code: int
    before: Sets
    after: Sets
    names: frozenset[str]
    """What may be there before and after the command."""
    if_not_done: State
    """After the next run, had the command never been started."""
    if_done: State
    """After the next run, when the command has ended well."""


@dataclass
class Report:
    """What was tried, and what should not have been."""

    scenario: str
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, injection: Injection, found: Sequence[str]) -> None:
        """Count a fault and what was found after it."""
        self.faults[injection.call.name] += 1
        self.wrong[injection.call.name] += bool(found)
        self.violations += [f"{injection}: {violation}" for violation in found]

    def __str__(self) -> str:
        """Return the table, then the violations."""
        rows = [(name, self.calls[name], self.faults[name], self.wrong[name]) for name in sorted(self.faults)]
        rows.append(("together", self.calls.total(), self.faults.total(), self.wrong.total()))
        lines = [f"{name:<18}{calls:>6}{faults:>15}{wrong:>12}" for name, calls, faults, wrong in rows]
        heading = f"{'call':<18}{'calls':>6}{'faults tried':>15}{'violations':>12}"
        return "\n".join([f"\n{self.scenario}", heading, *lines, *self.violations])


def try_all(
    pool: Executor,
    scenario: Scenario,
    base: Path,
    *,
    reads: bool = False,
    sample: int | None = None,
    only: Callable[[Call], bool] = lambda _: True,
) -> Report:
    """Try each fault at each call of a scenario that writes, or that reads; or only so many, evenly spread."""
    reference = pool.submit(explore, scenario.name, base).result()
    calls = [call for call in reference.calls if call.only_reads == reads and only(call)]
    wanted = list(injections(calls, READ_FAULTS if reads else FAULTS))
    if sample is not None:
        wanted = wanted[:: max(1, len(wanted) // sample)][:sample]
    report = Report(scenario.name, calls=Counter(call.name for call in calls))
    tries = [pool.submit(attempt, scenario.name, base, injection, reference) for injection in wanted]
    for injection, tried in zip(wanted, tries, strict=True):
        report.add(injection, tried.result())
    return report


def explore(name: str, base: Path, *, traced: bool = True) -> Reference:
    """Run a scenario without a fault, and see which calls it makes if traced, and what follows; in a worker."""
    scenario = SCENARIOS[name]
    folder = fresh(scenario, base)
    before, names = sets_of(folder), names_of(folder)
    trace = folder.with_name("trace")
    arguments = scenario.command(folder)
    ran = scenario.run(folder, trace, {*WRITES, *READS}) if traced else forked(*arguments, folder=folder)
    if ran.exit_code not in {0, 4} or ran.err.count('"level": "error"') > (ran.exit_code == 4):
        raise AssertionError(f"{name} fails without a fault: {ran}")
    after, names = sets_of(folder), names | names_of(folder)
    if_done = next_state(folder)
    if_not_done = next_state(fresh(scenario, base))
    names |= if_done.names | if_not_done.names
    if hidden := sorted(path for path in names if "/." in f"/{path}"):
        raise AssertionError(f"{name} leaves files without a fault: {hidden}")
    return Reference(
        calls=[call for call in calls_in(trace, folder) if call.name != scenario.lacks] if traced else (),
        code=ran.exit_code,
        before=before,
        after=after,
        names=names,
        if_not_done=if_not_done,
        if_done=if_done,
    )


def attempt(name: str, base: Path, injection: Injection, reference: Reference) -> list[str]:
    """Run a scenario with a fault; return what is wrong after it and after the next run; in a worker."""
    scenario = SCENARIOS[name]
    folder = fresh(scenario, base)
    trace = folder.with_name("trace")
    ran = scenario.run(folder, trace, [injection.call.name], injection.option)
    if not was_injected(trace, folder, injection):
        return ["the fault missed its call"]
    codes = {reference.code, FAILED}
    if injection.fault == KILL:
        codes = {KILLED}
    elif injection.call.only_reads:
        codes |= {2, 3}  # the settings, the document
    elif (injection.call.name, injection.fault) == ("flock", "EACCES"):
        codes |= {5}  # what some systems say of a lock that is taken
    return [*judge(ran, codes), *check(folder, ran, reference)]


def judge(ran: Ran, codes: Iterable[int] = frozenset(DOCUMENTED)) -> list[str]:
    """Return what is wrong with how a command ended."""
    wrong = []
    if ran.exit_code == HUNG:
        wrong.append("it hangs")
    elif ran.exit_code not in codes:
        wrong.append(f"exit code {ran.exit_code}: {_last_line(ran)}")
    elif "Traceback" in ran.err or "crashed" in ran.err:
        wrong.append(f"a traceback: {_last_line(ran)}")
    return wrong


def check(folder: Path, ran: Ran, reference: Reference, *, user: int | None = None) -> list[str]:
    """Return what is wrong with an installation after a command in which something failed, and after the next run."""
    wrong = []
    sets = sets_of(folder)
    if sets not in (reference.before, reference.after):
        wrong.append(f"the set is neither the old nor the new one: {_describe(sets)}")
    if ran.exit_code == reference.code and sets != reference.after:
        wrong.append("it reports success, and the set is the old one")
    left = {name for name in names_of(folder) - reference.names if not _TEMPORARY.search(name)}

    following = forked(*NEXT_RUN, folder=folder, user=user)
    wrong += [f"next run: {violation}" for violation in judge(following)]
    state = State(following.exit_code, sets_of(folder), names_of(folder))
    is_done = ran.exit_code == reference.code or (sets == reference.after != reference.before)
    expected = [reference.if_done] if is_done else [reference.if_done, reference.if_not_done]
    if (state.code, state.sets) not in [(each.code, each.sets) for each in expected]:
        wrong.append(f"next run: exit code {state.code}, {_describe(state.sets)}: {_last_line(following)}")
    if more := state.names - reference.names:
        wrong.append(f"next run: it leaves {', '.join(sorted(more))}")
    if missing := frozenset.intersection(*(each.names for each in expected)) - state.names:
        wrong.append(f"next run: without {', '.join(sorted(missing))}")
    for generation in sorted(folder.glob("state/profiles/*/[0-9]*")):
        if not (generation / "manifest.json").is_file():
            wrong.append(f"next run: a part of {generation.relative_to(folder)} is left")
    if left and not re.search('"level": "(?:warning|error)"', following.err):
        wrong.append(f"next run: not a word of {', '.join(sorted(left))}")
    return wrong + verify(folder)


def verify(folder: Path, codes: Iterable[int] = (0,)) -> list[str]:
    """Return what is wrong with the audit."""
    return [f"audit verify: {violation}" for violation in judge(forked("audit", "verify", folder=folder), codes)]


def next_state(folder: Path) -> State:
    """Run the scheduled job, and return what there is then."""
    ran = forked(*NEXT_RUN, folder=folder)
    return State(ran.exit_code, sets_of(folder), names_of(folder))


def sets_of(folder: Path) -> Sets:
    """Return the published sets: what is in the folders of `csv` that are not hidden; else a former set put aside."""
    output = folder / "csv"
    found = {path.name: path for path in output.glob("*") if not path.name.startswith(".")}
    for aside in output.glob(".*.sdssync-old"):
        found.setdefault(aside.name.removesuffix(".sdssync-old").removeprefix("."), aside)
    return {name: {file.name: file.read_bytes() for file in path.iterdir()} for name, path in found.items()}


def names_of(folder: Path) -> frozenset[str]:
    """Return the names of all files and folders of an installation, without numbers of generations and ids."""
    names = (path.relative_to(folder).as_posix() + "/" * path.is_dir() for path in folder.rglob("*"))
    return frozenset(re.sub(r"\b(?:\d+|[0-9a-f]{12,})\b", "#", name) for name in names)


def _describe(sets: Sets) -> str:
    """Return the lines of each file of each set."""
    found = (f"{name}/{file}: {data.count(10)} lines" for name, files in sets.items() for file, data in files.items())
    return ", ".join(found) or "no set"


def _last_line(ran: Ran) -> str:
    """Return the last error of a command, else its last line, without what every line has."""
    lines = ran.err.splitlines() or ["no output"]
    line = next((line for line in reversed(lines) if '"error"' in line), lines[-1])
    line = re.sub(r'"(?:timestamp|level|run_id|hint)": "[^"]*", |"/[^"]*/lib/[^"]*",? ?', "", line)
    return re.sub(r"/[^ ]*?/(?=sdssync/|school/)", "", line)
