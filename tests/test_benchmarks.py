"""What `benchmarks` makes is the same for the same seed and of the shape that it claims; a failed job is no figure."""

import csv
import sys
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import hartley, school, sds_set
from benchmarks.bench import Bound, at_least, at_most
from benchmarks.process import Job, JobError, measure, medians, python
from tests.support.needs import needs_limits

ROOT = Path(__file__).parent.parent
HARTLEY = ROOT / "fixtures" / "isams" / "hartley.xml"
RECORDED = ROOT / "fixtures" / "parity" / "clean-everything" / "isams.xml"


def made(path: Path, *, pupils: int = 70, seed: int = 1) -> bytes:
    """Write a school by the command and give its bytes."""
    school.main(["--pupils", str(pupils), "--seed", str(seed), str(path)])
    return path.read_bytes()


def outline(element: etree._Element, path: str = "") -> set[str]:
    """Name every element and attribute below an element by its path, each once."""
    here = "/".join((path, str(element.tag)))
    names = {here, *("/@".join((here, str(name))) for name in element.attrib)}
    return names.union(*(outline(child, here) for child in element))


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """Two runs with one seed write the same bytes."""
    assert made(tmp_path / "one.xml") == made(tmp_path / "two.xml")


def test_other_seed_other_school(tmp_path: Path) -> None:
    """Another seed gives other people."""
    assert made(tmp_path / "one.xml", seed=1) != made(tmp_path / "two.xml", seed=2)


@pytest.mark.parametrize(
    ("pupils", "sets"),
    [
        pytest.param(70, 14 * 18, id="a class of five"),
        pytest.param(2000, 1792, id="the size that the bounds are given for"),
    ],
)
def test_counts(tmp_path: Path, pupils: int, sets: int) -> None:
    """Each pupil is in sixteen sets, and no one is twice in one."""
    root = etree.fromstring(made(tmp_path / "school.xml", pupils=pupils))

    rows = Counter((row.get("SetId"), row.get("PupilId")) for row in root.iter("SetList"))

    assert len(root.findall("PupilManager/CurrentPupils/Pupil")) == pupils
    assert len(root.findall("TeachingManager/Sets/Set")) == sets
    assert len(rows) == rows.total() == 16 * pupils
    assert set(Counter(pupil for _, pupil in rows).values()) == {16}


def test_every_id_resolves(tmp_path: Path) -> None:
    """Set lists name sets and pupils that are there, sets name subjects and staff that are there; ids are unique."""
    root = etree.fromstring(made(tmp_path / "school.xml"))

    ids = {tag: [element.get("Id") for element in root.iter(tag)] for tag in ("StaffMember", "Pupil", "Set", "SetList")}
    school_ids = {pupil.get("Id"): pupil.findtext("SchoolId") for pupil in root.iter("Pupil")}

    assert [tag for tag, values in ids.items() if len(set(values)) < len(values)] == []
    assert len(set(school_ids.values())) == len(school_ids)
    assert {row.get("SetId") for row in root.iter("SetList")} == set(ids["Set"])
    assert all(row.findtext("SchoolId") == school_ids[row.get("PupilId")] for row in root.iter("SetList"))
    assert all(row.findtext("SetId") == row.get("SetId") for row in root.iter("SetList"))
    assert {item.get("SubjectId") for item in root.iter("Set")} == {item.get("Id") for item in root.iter("Subject")}
    assert {item.get("StaffId") for item in root.findall(".//Teachers/Teacher")} <= set(ids["StaffMember"])


def test_addresses_are_unique_and_nobodys(tmp_path: Path) -> None:
    """Every address is of a reserved domain, in ASCII, and of one person."""
    root = etree.fromstring(made(tmp_path / "school.xml", pupils=500))

    addresses = [element.text or "" for tag in ("EmailAddress", "SchoolEmailAddress") for element in root.iter(tag)]

    assert len(set(addresses)) == len(addresses)
    assert all(address.isascii() and address.endswith(".example") for address in addresses)


def test_looks_like_a_recorded_document(tmp_path: Path) -> None:
    """Elements and attributes are those of the recorded documents, no more and no fewer."""
    root = etree.fromstring(made(tmp_path / "school.xml"))

    assert outline(root) == outline(etree.parse(RECORDED).getroot())


def test_hartley_is_what_the_generator_writes(tmp_path: Path) -> None:
    """The demo's school can be made again, byte for byte."""
    hartley.main([str(tmp_path / "hartley.xml")])

    assert (tmp_path / "hartley.xml").read_bytes() == HARTLEY.read_bytes()


def test_groups_resolve(tmp_path: Path) -> None:
    """With groups, each pupil is in a form of the own year and in houses that are there; all owners are staff."""
    school.main(["--pupils", "800", "--groups", str(tmp_path / "school.xml")])
    root = etree.parse(tmp_path / "school.xml").getroot()

    def ids(path: str) -> set[str | None]:
        return {element.get("Id") for element in root.findall(path)}

    pupils = [*root.iter("Pupil")]
    years = {form.get("Id"): form.get("YearId") for form in root.findall("SchoolManager/Forms/Form")}
    sizes = Counter(pupil.findtext("Form") for pupil in pupils)
    owners = {
        number
        for group in root.findall("SchoolManager/*/*")
        for name in ("TutorId", "AssistantTutorId", "HouseMasterId", "AssistantHouseMasterId")
        if (number := group.get(name))
    }

    assert sizes.keys() == years.keys()
    assert max(sizes.values()) == 24
    assert all(years[pupil.findtext("Form")] == pupil.findtext("NCYear") for pupil in pupils)
    assert {pupil.get("AcademicHouseId") for pupil in pupils} == ids("SchoolManager/AcademicHouses/House")
    assert {pupil.get("BoardingHouseId") for pupil in pupils} == {"0", *ids("SchoolManager/BoardingHouses/House")}
    assert {pupil.findtext("NCYear") for pupil in pupils} == ids("SchoolManager/Years/Year")
    assert owners <= ids("HRManager/CurrentStaff/StaffMember")


def test_hartley_has_its_oddities() -> None:
    """The demo has something to show: each oddity stands in the document, as often as it says."""
    root = etree.parse(HARTLEY).getroot()

    def without(tag: str, address: str) -> int:
        return sum(not element.findtext(address) for element in root.iter(tag))

    listed = {row.get("SetId") for row in root.iter("SetList")}
    departments = Counter(subject.get("Id") for subject in root.iter("Subject"))

    assert {
        "pupils": len(root.findall("PupilManager/CurrentPupils/Pupil")),
        "pupils without e-mail": without("Pupil", "EmailAddress"),
        "teachers without e-mail": without("StaffMember", "SchoolEmailAddress"),
        "sets without pupils": sum(item.get("Id") not in listed for item in root.iter("Set")),
        "subjects of two departments": sum(count == 2 for count in departments.values()),
    } == {
        "pupils": 154,
        "pupils without e-mail": 2,
        "teachers without e-mail": 1,
        "sets without pupils": 1,
        "subjects of two departments": 1,
    }


def rows(path: Path) -> list[tuple[str, ...]]:
    """Read the data rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def test_sds_set_is_consistent(tmp_path: Path) -> None:
    """A made set has the size that was asked for, unique keys, and references that resolve."""
    sds_set.main(["--classes", "11", str(tmp_path)])

    files = {path.name: rows(path) for path in tmp_path.iterdir()}
    users = {row[0] for row in files["users.csv"]}
    classes = {row[0] for row in files["classes.csv"]}
    pairs = {row[:2] for row in files["enrollments.csv"]}

    assert {name: len(content) for name, content in files.items()} == {
        "orgs.csv": 1,
        "users.csv": 220,
        "roles.csv": 220,
        "classes.csv": 11,
        "enrollments.csv": 2200,
    }
    assert (len(users), len(classes), len(pairs)) == (220, 11, 2200)
    assert len({row[1] for row in files["users.csv"]}) == 220
    assert {row[0] for row in files["roles.csv"]} == {pupil for _, pupil in pairs} == users
    assert {identifier for identifier, _ in pairs} == classes


@needs_limits
def test_measure_counts_the_child() -> None:
    """Processor time and peak memory are those of the command, not of this process."""
    work = """
import time
block = bytearray(b"x") * 200_000_000
while time.process_time() < 0.1:
    pass
"""

    usage = measure(Job(command=python("-c", work)))

    assert usage.cpu >= 0.1
    assert usage.peak >= 200


@needs_limits
@pytest.mark.parametrize(
    ("code", "makes", "message"),
    [
        pytest.param("import sys; sys.exit('no luck')", "", "exit code 1 of .*\nno luck", id="it fails"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "", "exit code -9 of ", id="it is killed"),
        pytest.param("", "csv", "did not make .*csv", id="it makes nothing"),
    ],
)
def test_a_failed_job_has_no_figures(tmp_path: Path, code: str, makes: str, message: str) -> None:
    """A command that does not do its work is an error and not a fast run."""
    job = Job(command=python("-c", code), makes=(tmp_path / makes,))

    with pytest.raises(JobError, match=message):
        measure(job)


@needs_limits
def test_every_round_starts_fresh(tmp_path: Path) -> None:
    """What a job has made is removed before its next round, so that no run finds its work done."""
    made_folder = tmp_path / "csv"
    command = (sys.executable, "-c", "import os, sys; os.mkdir(sys.argv[1])", made_folder)

    usage = medians(2, {"mkdir": Job(command=command, fresh=(made_folder,), makes=(made_folder,))})

    assert list(usage) == ["mkdir"]


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        pytest.param(at_most("ratio", 4.0, 4.0), "holds   ratio: 4, at most 4", id="at the upper bound"),
        pytest.param(at_most("memory", 300.6, 300, " MB"), "BROKEN  memory: 301 MB, at most 300 MB", id="above it"),
        pytest.param(at_least("speed", 10, 10), "holds   speed: 10, at least 10", id="at the lower bound"),
        pytest.param(at_least("speed", 9.94, 10), "BROKEN  speed: 9.94, at least 10", id="below it"),
    ],
)
def test_verdicts(verdict: Bound, text: str) -> None:
    """A verdict says first whether the bound holds."""
    assert str(verdict) == text
