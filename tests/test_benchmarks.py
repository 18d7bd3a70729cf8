"""The made schools of `benchmarks`: the same for the same seed, well formed, and of the shape that they claim."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import hartley, school

ROOT = Path(__file__).parent.parent
HARTLEY = ROOT / "fixtures" / "isams" / "hartley.xml"
RECORDED = ROOT / "fixtures" / "parity" / "clean-everything" / "isams.xml"


def made(path: Path, *, pupils: int = 70, seed: int = 1) -> bytes:
    """Write a school by the command and give its bytes."""
    school.main(["--pupils", str(pupils), "--seed", str(seed), str(path)])
    return path.read_bytes()


def outline(element: etree._Element, path: str = "") -> set[str]:
    """Name every element and attribute below an element by its path, each once."""
    here = f"{path}/{element.tag}"
    names = {here, *(f"{here}/@{name}" for name in element.attrib)}
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
    """Each pupil is in sixteen sets, and nobody is twice in one."""
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
    assert {each.get("SubjectId") for each in root.iter("Set")} == {each.get("Id") for each in root.iter("Subject")}
    assert {each.get("StaffId") for each in root.findall(".//Teachers/Teacher")} <= set(ids["StaffMember"])


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
        "sets without pupils": sum(each.get("Id") not in listed for each in root.iter("Set")),
        "subjects of two departments": sum(count == 2 for count in departments.values()),
    } == {
        "pupils": 154,
        "pupils without e-mail": 2,
        "teachers without e-mail": 1,
        "sets without pupils": 1,
        "subjects of two departments": 1,
    }
