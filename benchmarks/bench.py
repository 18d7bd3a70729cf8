"""
What sdssync costs, next to the least that the same work could cost; `make bench` runs it.

One run makes its own files, measures everything on them, prints a table and a line for each bound, and removes
them. The exit code is 1 if a bound is broken.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import PREP, SENIORS, alike, install
from benchmarks.peer import write_package
from benchmarks.process import Job, JobError, Usage, measure, medians, python
from benchmarks.published import install_published
from benchmarks.sds_server import serving

FLOOR = Path(__file__).with_name("floor.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """A line of the table."""

    what: str
    usage: Usage
    note: str = ""

    def __str__(self) -> str:
        """Align the figures."""
        return f"{self.what:<58}{self.usage.cpu:>9.2f} s{self.usage.peak:>8.0f} MB  {self.note}".rstrip()


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound: whether it holds, and by how much."""

    text: str
    holds: bool

    def __str__(self) -> str:
        """Return the text with the verdict first."""
        return f"{'holds ' if self.holds else 'BROKEN'}  {self.text}"


def at_most(what: str, value: float, limit: float, unit: str = "") -> Bound:
    """Compare with an upper bound."""
    return Bound(f"{what}: {value:.3g}{unit}, at most {limit:.3g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Bound:
    """Compare with a lower bound."""
    return Bound(f"{what}: {value:.3g}{unit}, at least {limit:.3g}{unit}", value >= limit)


Result = Measured | Bound


def whole_job(folder: Path, pupils: int, *, rounds: int, times_floor: float, megabytes: float = 0) -> Iterator[Result]:
    """Run two profiles on a school of this size, next to the floor and the standard library's tree."""
    document = make_document(folder, pupils)
    jobs = {
        "run": install(folder / f"two-{pupils}", document, (SENIORS, PREP)),
        "walk": Job(command=python(FLOOR, "walk", document)),
        "tree": Job(command=python(FLOOR, "tree", document)),
    }
    usage = medians(rounds, jobs)
    size = f"{pupils:,} pupils, {document.stat().st_size / 1e6:.0f} MB"
    ratio = usage["run"].cpu / usage["walk"].cpu
    yield Measured(f"run-all, two profiles ({size})", usage["run"], f"{ratio:.2f} times the floor")
    yield Measured("  floor: lxml's iterparse, each record cleared", usage["walk"])
    yield Measured("  xml.etree.ElementTree.parse", usage["tree"], "the script does about 60 for each profile")
    yield at_most(f"run-all at {pupils:,} pupils, times the floor", ratio, times_floor)
    if megabytes:
        yield at_most(f"run-all at {pupils:,} pupils, memory", usage["run"].peak, megabytes, " MB")


def growth(folder: Path, pupils: int, *, rounds: int) -> Iterator[Result]:
    """Run 1, 2 and 20 like profiles: each further one may cost what the second did, and 15 % more."""
    document = make_document(folder, pupils)
    jobs = {str(number): install(folder / f"like-{number}", document, alike(number)) for number in (1, 2, 20)}
    usage = medians(rounds, jobs, tries=2)  # a small difference is taken nineteen times, and its noise with it
    one, two, twenty = (usage[number].cpu for number in ("1", "2", "20"))
    yield Measured(f"run-all, one profile ({pupils:,} pupils)", usage["1"], "T1")
    yield Measured("  two like profiles", usage["2"], f"T2, T2 - T1 = {two - one:.3f} s")
    yield Measured("  twenty like profiles", usage["20"], f"T20 = T1 + 19 x {(twenty - one) / 19:.3f} s")
    yield at_most("T20, against 1.15 (T1 + 19 (T2 - T1))", twenty, 1.15 * (one + 19 * (two - one)), " s")


def start() -> Iterator[Result]:
    """Ask for help: what every start of the program costs."""
    usage = medians(5, {"help": Job(command=python("-m", "sdssync", "--help"))})["help"]
    yield Measured("sdssync --help", usage)
    yield at_most("sdssync --help, processor time", usage.cpu, 0.09, " s")


def imports(folder: Path) -> Iterator[Result]:
    """Run on a school of ten pupils, recorded: nearly all of the time goes into loading the program."""
    job = install(folder / "smallest", make_document(folder, 10), (SENIORS,))
    usage = medians(5, {"run": job, "python": Job(command=python("-c", "pass"))})
    note = f"{usage['run'].cpu / usage['python'].cpu:.1f} times a bare start of Python"
    yield Measured("run-all, ten pupils: the imports of a run without download", usage["run"], note)
    yield Measured("  python -c pass", usage["python"])


def validation(folder: Path, classes: int, *, rounds: int, bounds: bool) -> Iterator[Result]:
    """Validate a CSV set, next to a bare csv.reader loop and frictionless with a schema for it."""
    csv_set = folder / f"set-{classes}" / "sds"
    measure(Job(command=python("-m", "benchmarks.sds_set", "--classes", str(classes), csv_set)))
    usage = medians(
        rounds,
        {
            "validate": Job(command=python("-m", "sdssync", "validate", csv_set)),
            "read": Job(command=python(FLOOR, "read", csv_set)),
            "frictionless": Job(command=python("-m", "frictionless", "validate", write_package(csv_set))),
        },
    )
    rows = sum(_rows(path) for path in csv_set.glob("*.csv"))
    speed = {name: rows / each.cpu for name, each in usage.items()}
    ratio = usage["validate"].cpu / usage["read"].cpu
    note = f"{speed['validate']:,.0f} rows a second, {ratio:.2f} times the floor"
    yield Measured(f"validate, {rows:,} rows ({classes:,} classes)", usage["validate"], note)
    yield Measured("  floor: csv.reader", usage["read"], f"{speed['read']:,.0f} rows a second")
    yield Measured("  frictionless validate", usage["frictionless"], f"{speed['frictionless']:,.0f} rows a second")
    if bounds:
        yield at_most(f"validate at {rows:,} rows, times the floor", ratio, 3.5)
        yield at_most(f"validate at {rows:,} rows, memory", usage["validate"].peak, 110, " MB")
        faster = speed["validate"] / speed["frictionless"]
        yield at_least(f"validate at {rows:,} rows, times the rows a second of frictionless", faster, 10)


def comparison(folder: Path, classes: int, *, rounds: int) -> Iterator[Result]:
    """Compare two sets of which the newer lacks every hundredth enrollment, next to a bare csv.reader over both."""
    old, new = folder / f"old-{classes}", folder / f"new-{classes}"
    measure(Job(command=python("-m", "benchmarks.sds_set", "--classes", str(classes), old)))
    new.mkdir()
    for path in old.glob("*.csv"):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for number, line in enumerate(lines) if number % 100 != 1 or path.name != "enrollments.csv"]
        (new / path.name).write_bytes(b"".join(kept))
    usage = medians(
        rounds,
        {
            "compare": Job(command=python("-m", "benchmarks.compare", old, new)),
            "read": Job(command=python(FLOOR, "read", old, new)),
        },
    )
    enrollments = _rows(old / "enrollments.csv")
    ratio = usage["compare"].cpu / usage["read"].cpu
    yield Measured(f"comparison of two sets of {enrollments:,} enrollments", usage["compare"], f"{ratio:.2f} times")
    yield Measured("  floor: csv.reader over both", usage["read"])
    yield at_most(f"comparison at {enrollments:,} enrollments, times the floor", ratio, 2.5)


def hand_over(folder: Path, classes: int, *, rounds: int) -> Iterator[Result]:
    """
    Hand a set over to SDS, next to a bare loop of requests that sends its files to the same server.

    Of both, a small set is subtracted: what starts, logs in and validates is the same for a set of any size.
    """
    sets = {"small": folder / "set-20" / "sds", "large": folder / f"set-{classes}" / "sds"}
    for csv_set, number in zip(sets.values(), (20, classes), strict=True):
        measure(Job(command=python("-m", "benchmarks.sds_set", "--classes", str(number), csv_set)))
    with serving() as sds:
        jobs = {name: install_published(folder / f"published-{name}", csv_set, sds) for name, csv_set in sets.items()}
        jobs |= {f"bare-{name}": Job(command=python(FLOOR, "send", sds.container, sets[name])) for name in sets}
        usage = medians(rounds, jobs)
    elapsed = {name: each.elapsed for name, each in usage.items()}
    ratio = (elapsed["large"] - elapsed["small"]) / (elapsed["bare-large"] - elapsed["bare-small"])
    size = f"{sum(path.stat().st_size for path in sets['large'].glob('*.csv')) / 1e6:.0f} MB"
    note = f"{elapsed['large']:.2f} s by the clock, {ratio:.2f} times the floor, less the small set"
    yield Measured(f"upload, {size} ({classes:,} classes)", usage["large"], note)
    yield Measured("  a small set (20 classes)", usage["small"], f"{elapsed['small']:.2f} s by the clock")
    yield Measured("  floor: a loop of requests", usage["bare-large"], f"{elapsed['bare-large']:.2f} s by the clock")
    yield Measured("  floor of the small set", usage["bare-small"], f"{elapsed['bare-small']:.2f} s by the clock")
    yield at_most(f"upload of {size}, times the floor", ratio, 1.3)
    more = usage["large"].peak - usage["small"].peak
    yield at_most(f"upload of {size}, memory above that of a small set", more, 20, " MB")


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1


def make_document(folder: Path, pupils: int) -> Path:
    """Write the school of this size, once."""
    document = folder / f"isams-{pupils}.xml"
    if not document.exists():
        measure(Job(command=python("-m", "benchmarks.school", "--pupils", str(pupils), document)))
    return document


def sections(folder: Path, *, quick: bool) -> Iterator[Iterator[Result]]:
    """Yield one measurement after another; none depends on another."""
    yield start()
    yield imports(folder)
    yield whole_job(folder, 2_000, rounds=5, times_floor=2.8)
    yield growth(folder, 8_000, rounds=5)
    yield validation(folder, 500, rounds=3, bounds=False)
    if not quick:
        yield whole_job(folder, 40_000, rounds=3, times_floor=2.15, megabytes=190)
        yield validation(folder, 5_000, rounds=3, bounds=True)
        yield comparison(folder, 5_000, rounds=3)
        yield hand_over(folder, 27_000, rounds=5)


def measured(section: Iterator[Result]) -> Iterator[Bound]:
    """Print the lines of the table as they come and yield the bounds; a job that fails is a broken one."""
    try:
        for result in section:
            if isinstance(result, Bound):
                yield result
            else:
                print(result, flush=True)
    except JobError as error:
        yield Bound(str(error), holds=False)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if every bound holds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="the small sizes only")
    options = parser.parse_args(argv)
    print(f"{'medians':<58}{'processor':>11}{'peak memory':>11}")
    with tempfile.TemporaryDirectory(prefix="sdssync-bench-") as folder:
        parts = sections(Path(folder), quick=options.quick)
        verdicts = [verdict for section in parts for verdict in measured(section)]
    print()
    print(*verdicts, sep="\n")
    return 0 if all(verdict.holds for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
