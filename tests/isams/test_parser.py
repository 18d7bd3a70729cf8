"""The document: read in pieces, refused if it is not complete."""

import subprocess
import sys
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.errors import SourceError, SourceMalformedError
from sdssync.isams import parser
from sdssync.school import School
from tests.support.builders import (
    MANAGERS,
    Document,
    GroupRecord,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
    parsed,
)
from tests.support.needs import needs_limits

XML = Document().xml()


def values(school: School) -> dict[str, list[tuple[Any, ...]]]:
    """Return a school as plain values: two pupils are never equal, their values may be."""
    return {
        "pupils": [*map(astuple, school.pupils)],
        "teachers": [*map(astuple, school.teachers)],
        "subjects": [*map(astuple, school.subjects)],
        "sets": [*map(astuple, school.teaching_sets)],
        "memberships": [*map(astuple, school.memberships)],
    }


EXPECTED = {
    "pupils": [("1", "9001", "Ada", "Quill", "7", "ada@pupils.school.example", "", "", "")],
    "teachers": [("101", "Bo", "Marsh", "bo@school.example", "")],
    "subjects": [("1", "Ma", "Mathematics", "Sciences")],
    "sets": [("11", "7A/Ma", "7A Mathematics", "1", "7", ("101",), ("101",))],
    "memberships": [("11", ("9001",), ())],
}


def test_every_section(tmp_path: Path) -> None:
    """Each section gives its records, and both readings are the same if nothing is absent."""
    reading = parsed(tmp_path, XML)

    assert values(reading.school) == EXPECTED
    assert reading.as_script is reading.school


@settings(max_examples=25, deadline=None)
@given(st.permutations(tuple(MANAGERS)))
def test_any_order_of_sections(order: list[str]) -> None:
    """The sections may come in any order; one manager may appear twice."""
    with TemporaryDirectory() as folder:
        assert values(parsed(Path(folder), Document(order=tuple(order))).school) == EXPECTED


@pytest.mark.parametrize(
    ("before", "text"),
    [
        pytest.param("<iSAMS>", "<!-- <Pupil/> -->", id="comment below the root"),
        pytest.param("<Pupil Id=", "<!-- between records -->", id="comment between records"),
        pytest.param("<Pupil Id=", "<?php echo 1 ?>", id="processing instruction between records"),
        pytest.param("<SchoolId>", "<!-- in a record -->", id="comment in a record"),
        pytest.param("<SchoolId>", "<?a b?>", id="processing instruction in a record"),
        pytest.param("<HRManager>", "<NewManager><CurrentPupils><Pupil/></CurrentPupils></NewManager>", id="manager"),
        pytest.param("<HRManager>", "<PupilManager><Sets><Set/></Sets></PupilManager>", id="section elsewhere"),
        pytest.param("<HRManager>", "<CurrentPupils><Pupil Id='2'/></CurrentPupils>", id="section without manager"),
        pytest.param("<HRManager>",
                     "<iSAMS><PupilManager><CurrentPupils><Pupil/></CurrentPupils></PupilManager></iSAMS>",
                     id="root in the root"),
        pytest.param("<CurrentStaff>", "<Former><CurrentStaff><StaffMember/></CurrentStaff></Former>", id="deeper"),
        pytest.param("<StaffMember ", "<Team><StaffMember Id='9'/></Team>", id="a record that is not a child"),
        pytest.param("<StaffMember ", "<Pupil Id='3'/><Set/>", id="records of other sections"),
        pytest.param("<SchoolId>", "<Home><EmailAddress>x@home.example</EmailAddress></Home>", id="a nested element"),
        pytest.param("<SetId ", "<Old><SetId>9</SetId><SchoolId>9</SchoolId></Old>", id="nested in a set list"),
        pytest.param("<SetList ", "<Group><SetList Id='1'><SetId>11</SetId></SetList></Group>", id="set list deeper"),
        pytest.param("<SetList ", "<SetId>12</SetId><SchoolId>1</SchoolId>", id="elements between set lists"),
        pytest.param("<Pupil Id=", "stray text", id="text between records"),
        pytest.param("<Name>7A", "<Colour shade='3'>blue</Colour>", id="unknown element"),
        pytest.param("<HRManager>", '<x:HRManager xmlns:x="u"><x:CurrentStaff/></x:HRManager>', id="namespace"),
    ],
)  # fmt: skip
def test_what_means_nothing(tmp_path: Path, before: str, text: str) -> None:
    """Comments, instructions, and elements that are unknown or elsewhere change nothing."""
    assert XML.count(before) == 1

    reading = parsed(tmp_path, XML.replace(before, text + before))

    assert values(reading.school) == EXPECTED


def test_unknown_attributes(tmp_path: Path) -> None:
    """Unknown attributes come with new versions."""
    assert values(parsed(tmp_path, XML.replace(" Id=", ' New="1" xml:lang="en" Id=')).school) == EXPECTED


def test_sections_in_parts(tmp_path: Path) -> None:
    """A section that appears twice is read twice."""
    more = Document(pupils=(PupilRecord(id="2", school_id="9002"),)).section("CurrentPupils")
    text = XML.replace("<CurrentPupils>", more + "<CurrentPupils>")

    assert [pupil.school_id for pupil in parsed(tmp_path, text).school.pupils] == ["9002", "9001"]


def many(count: int) -> Document:
    """Make a document that is longer than a block, so that blocks end anywhere in a record."""
    numbers = range(count)
    return Document(
        staff=tuple(StaffRecord(id=f"{number}") for number in numbers),
        pupils=tuple(
            PupilRecord(id=f"{number}", school_id=f"9{number}", surname="Ü" * (number % 7)) for number in numbers
        ),
        sets=tuple(SetRecord(id=f"{number}", teachers=(f"{number}", None)) for number in numbers),
        set_lists=tuple(SetListRecord(set_id=f"{number}", school_id=f"9{number}") for number in numbers),
        years=tuple(GroupRecord(name="Year", attributes={"Id": f"{number}"}) for number in numbers),
        order=("Years", *MANAGERS),
    )


@pytest.mark.parametrize("shift", range(0, 60, 7))
def test_block_boundaries(tmp_path: Path, shift: int) -> None:
    """A record is read whole wherever a block of the file ends."""
    count = 700
    text = many(count).xml().replace("<iSAMS>", f"<iSAMS><!--{'x' * shift}-->")
    assert len(text.encode()) > 4 * 65536

    school = parsed(tmp_path, text).school

    assert values(school) == {
        "pupils": [(f"{n}", f"9{n}", "Ada", "Ü" * (n % 7), "7", "ada@pupils.school.example", "", "", "")
                   for n in range(count)],
        "teachers": [(f"{n}", "Bo", "Marsh", "bo@school.example", "") for n in range(count)],
        "subjects": EXPECTED["subjects"],
        "sets": [(f"{n}", "7A/Ma", "7A Mathematics", "1", "7", (f"{n}", ""), (f"{n}", "")) for n in range(count)],
        "memberships": [(f"{n}", (f"9{n}",), ()) for n in range(count)],
    }  # fmt: skip
    assert [group.id for group in school.groups] == [f"{n}" for n in range(count)]


def test_progress(tmp_path: Path) -> None:
    """The bytes read so far are reported, at the end all of them."""
    text = many(400).xml()
    (tmp_path / "isams.xml").write_text(text, encoding="utf-8", newline="")
    steps: list[int] = []

    parser.parse(tmp_path / "isams.xml", progress=steps.append)

    assert steps == sorted(steps)
    assert (len(set(steps)) > 2, steps[-1]) == (True, len(text.encode()))


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("iso-8859-1", "iso-8859-1"),
        ("windows-1252", "cp1252"),
        pytest.param("utf-16", "utf-8", id="declared as utf-16, sent as UTF-8"),
        pytest.param("utf-16", "utf-8-sig", id="declared as utf-16, sent as UTF-8 with a mark"),
    ],
)
def test_encodings(tmp_path: Path, declared: str, encoding: str) -> None:
    """A document is read in any encoding that its first bytes or its declaration name."""
    text = Document(pupils=(PupilRecord(surname="Blüte"),)).xml().replace('"utf-8"', f'"{declared}"')

    assert parsed(tmp_path, text.encode(encoding)).school.pupils[0].surname == "Blüte"


CONTROL_PANEL = "for the key in the iSAMS control panel, API Services Manager, Batch Methods"
SAVE = '"Save & Close" on the properties of the key in the API Services Manager empties the cache of iSAMS at once'
DATASETS = {
    "CurrentStaff": "HR Manager: Current Staff",
    "CurrentPupils": "Pupil Manager: Current Students",
    "Departments": "Teaching Manager: Departments & Subjects",
    "Sets": "Teaching Manager: Teaching Sets",
    "SetLists": "Teaching Manager: Teaching Set Lists",
}


@pytest.mark.parametrize("section", MANAGERS)
def test_a_section_is_missing(tmp_path: Path, section: str) -> None:
    """A document without one of the five sections is not complete, and the message names what to tick."""
    document = Document(order=tuple(name for name in MANAGERS if name != section))

    with pytest.raises(SourceMalformedError) as caught:
        parsed(tmp_path, document)

    assert str(caught.value) == (
        f"the iSAMS document is not complete: section {MANAGERS[section]}/{section} is missing"
        f' (tick "{DATASETS[section]}" {CONTROL_PANEL}; {SAVE}; then run it again)'
    )


def test_everything_that_is_missing_is_in_one_message(tmp_path: Path) -> None:
    """Missing and empty sections are in one message: iSAMS may repeat an answer for a day."""
    document = Document(order=("CurrentStaff", "CurrentPupils", "Sets"), pupils=(), sets=())

    with pytest.raises(SourceMalformedError) as caught:
        parsed(tmp_path, document)

    assert str(caught.value) == (
        "the iSAMS document is not complete: section TeachingManager/Departments is missing; section "
        "TeachingManager/SetLists is missing; section PupilManager/CurrentPupils holds no Pupil; section "
        "TeachingManager/Sets holds no Set"
        f' (tick "{DATASETS["Departments"]}" and "{DATASETS["SetLists"]}" {CONTROL_PANEL}; '
        f'look at "{DATASETS["CurrentPupils"]}" and "{DATASETS["Sets"]}" in iSAMS; {SAVE}; then run it again)'
    )


@pytest.mark.parametrize("hidden", ["<!--{}-->", "<Old>{}</Old>", "<Sets><Set/>{}</Sets>"])
def test_a_section_elsewhere_is_missing(tmp_path: Path, hidden: str) -> None:
    """A section that is not where it belongs does not make a document complete."""
    section = Document().section("SetLists")

    with pytest.raises(SourceMalformedError, match="SetLists is missing"):
        parsed(tmp_path, XML.replace(section, hidden.format(section)))


@pytest.mark.parametrize(
    ("section", "record"),
    [("CurrentStaff", "StaffMember"), ("CurrentPupils", "Pupil"), ("Sets", "Set"), ("SetLists", "SetList")],
)
@pytest.mark.parametrize("inside", ["", " \n", "<!-- none -->", "<Total>0</Total>"])
def test_a_section_is_empty(tmp_path: Path, section: str, record: str, inside: str) -> None:
    """A document without pupil, member of staff, set or set-list row is not complete."""
    text = XML.replace(Document().section(section), f"<{section}>{inside}</{section}>")

    with pytest.raises(SourceMalformedError) as caught:
        parsed(tmp_path, text)

    assert str(caught.value) == (
        f"the iSAMS document is not complete: section {MANAGERS[section]}/{section} holds no {record}"
        f' (look at "{DATASETS[section]}" in iSAMS; {SAVE}; then run it again)'
    )


@pytest.mark.parametrize("inside", ["<Departments />", "<Departments></Departments>"])
def test_no_departments(tmp_path: Path, inside: str) -> None:
    """A school may have no department; its section must still be there."""
    text = XML.replace(Document().section("Departments"), inside)

    assert values(parsed(tmp_path, text).school) == EXPECTED | {"subjects": []}


@pytest.mark.slow
def test_truncated_anywhere(tmp_path: Path) -> None:
    """A document that ends early, at any byte, is refused."""
    whole = XML.encode().rstrip()
    file = tmp_path / "isams.xml"
    refused = 0
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(SourceError):
            parser.parse(file, progress=lambda _: None)
        refused += 1

    assert refused == len(whole)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000_000), st.sampled_from(["cut", "drop", "byte"]), st.binary(min_size=1, max_size=4))
def test_damaged_anywhere(position: int, how: str, noise: bytes) -> None:
    """A damaged document is read or refused; nothing else happens, and the message does not quote it."""
    data = many(150).xml().encode()
    at = position % len(data)
    damaged = {"cut": data[:at], "drop": data[:at] + data[at + 40 :], "byte": data[:at] + noise + data[at + 1 :]}[how]
    with TemporaryDirectory() as folder:
        try:
            parsed(Path(folder), damaged)
        except SourceError as error:
            assert "\n" not in str(error)  # noqa: PT017  (not to refuse it is right too)
            assert "school.example" not in str(error)  # noqa: PT017


@pytest.mark.parametrize("subset", ["", ' SYSTEM "http://127.0.0.1:9/x.dtd"', ' [<!ENTITY e "x">]'])
def test_doctype(tmp_path: Path, subset: str) -> None:
    """A DOCTYPE is refused, whatever is in it."""
    with pytest.raises(SourceMalformedError, match="has a DOCTYPE"):
        parsed(tmp_path, XML.replace("<iSAMS>", f"<!DOCTYPE iSAMS{subset}><iSAMS>"))


MEASURE = """
import resource, sys
from pathlib import Path
from sdssync.isams import parser
parser.parse(Path(sys.argv[1]), progress=lambda done: None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(file: Path) -> int:
    """Parse a file in its own process, and return the peak of its memory in bytes."""
    ran = subprocess.run([sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True)
    return int(ran.stdout) * 1024


@pytest.mark.slow
@needs_limits
@pytest.mark.parametrize(
    ("opening", "piece", "closing"),
    [
        pytest.param("<NewManager><Logs>", "<Log Id='1'><Text>not read</Text></Log>\n", "</Logs></NewManager>",
                     id="a section of another manager"),
        pytest.param("<PupilManager><FormerPupils>", "<Pupil Id='1'><SchoolId>1</SchoolId></Pupil>\n",
                     "</FormerPupils></PupilManager>", id="another section of a manager that we read"),
    ],
)  # fmt: skip
def test_memory_follows_the_school(tmp_path: Path, opening: str, piece: str, closing: str) -> None:
    """What is not read takes no memory."""
    small, large = tmp_path / "small.xml", tmp_path / "large.xml"
    small.write_text(XML, encoding="utf-8")
    head, tail = XML.split("</iSAMS>")
    with large.open("w", encoding="utf-8") as file:
        file.write(head + opening)
        for _ in range(30):
            file.write(piece * (1_000_000 // len(piece)))
        file.write(closing + "</iSAMS>" + tail)

    assert peak(large) - peak(small) < 12_000_000
