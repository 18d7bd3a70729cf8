"""`sdssync record`: a document without people, from which every profile makes the same set."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sdssync.files.lock import installation_lock
from tests.support.documents import PUPILS, SETS, TWINS, WITH_GROUPS, document, pupil
from tests.support.golden import FIXTURES
from tests.support.installation import SETTINGS, install
from tests.support.needs import needs_modes
from tests.support.runs import Ran, command, toml
from tests.support.two_documents import leaks, pair, texts_of, unfaithful
from tests.test_parity import CASES, installed

OUT = "out.xml"
each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])


def record(folder: Path, *arguments: str) -> Ran:
    """Write the document without people next to the settings."""
    return command("record", "--config", folder / "sdssync.toml", "--output", folder / OUT, *arguments)


def replaced(school: Path, xml: str) -> str:
    """Record another document than that of the school, and return what was written."""
    (school / "hartley.xml").write_text(xml, encoding="utf-8", newline="")
    ran = record(school)
    assert ran.exit_code == 0, ran.err
    return (school / OUT).read_text(encoding="utf-8")


@each_case
@pytest.mark.parametrize("parity", [False, True], ids=["default", "parity"])
def test_the_documents_of_the_script(tmp_path: Path, case: Path, *, parity: bool) -> None:
    """Nothing leaks from a document of the parity tests, the shape of every value stays, and the set is the same."""
    installed(tmp_path, case, parity=parity)
    before = (case / "isams.xml").read_bytes()

    ran = record(tmp_path, "--format", "json", "-v")

    assert (ran.exit_code, len(ran.json["profiles"]), ran.logs("record.rejected")) == (0, 1, [])
    after = (tmp_path / OUT).read_bytes()
    assert leaks(before, after) == []
    assert unfaithful(before, after) == []


def test_what_it_says(school: Path) -> None:
    """The result has counts and the profiles that were compared, and the text says what to do next."""
    text, again = record(school), record(school, "--format", "json", "--output", str(school / "again.xml"))

    assert again.json == {
        "version": 1,
        "file": str(school / "again.xml"),
        "bytes": (school / "again.xml").stat().st_size,
        "pupils": 3,
        "staff": 2,
        "sets": 2,
        "memberships": 3,
        "dropped": {"elements": 0, "attributes": 0},
        "profiles": ["Seniors"],
    }
    assert "3 pupils, 2 staff, 2 teaching sets, 3 rows of set lists" in text.out
    assert "the sets of Seniors" in text.out
    assert "Look at it before you send it" in text.out


def test_nothing_is_left_behind(school: Path) -> None:
    """The sets that were compared are gone, and no set is published."""
    record(school)

    assert sorted(path.name for path in (school / "state").iterdir()) == ["sdssync.lock"]
    assert not (school / "csv").exists()


def test_no_two_are_the_same(school: Path) -> None:
    """What is invented is drawn anew each time."""
    record(school)
    record(school, "--output", str(school / "again.xml"))

    assert (school / OUT).read_bytes() != (school / "again.xml").read_bytes()


@needs_modes
def test_its_owner_alone_can_read_it(school: Path) -> None:
    """The file is private, though no one real should be in it."""
    record(school)

    assert stat.S_IMODE((school / OUT).stat().st_mode) == 0o600


NAME = "Fotheringay"
"""A name that is nowhere else."""
HIDING_PLACES: dict[str, Callable[[str], str]] = {
    "comment": lambda xml: xml.replace("<iSAMS>", f"<iSAMS><!-- {NAME} -->"),
    "comment in a text": lambda xml: xml.replace("Forename501", f"Fore<!-- {NAME} -->name"),
    "processing instruction": lambda xml: xml.replace("<CurrentPupils>", f"<CurrentPupils><?x {NAME}?>"),
    "before the root": lambda xml: xml.replace("<iSAMS>", f"<?x {NAME}?><iSAMS>"),
    "after the root": lambda xml: f"{xml}<!-- {NAME} -->",
    "unknown element": lambda xml: xml.replace("</Pupil>", f"<Nickname>{NAME}</Nickname></Pupil>", 1),
    "name of an element": lambda xml: xml.replace("</Pupil>", f"<{NAME} /></Pupil>", 1),
    "element in a text": lambda xml: xml.replace("Forename501", f"Forename501<b>{NAME}</b>"),
    "text after an element": lambda xml: xml.replace("</Forename>", f"</Forename>{NAME}", 1),
    "text of a record": lambda xml: xml.replace('<Pupil Id="501">', f'<Pupil Id="501">{NAME}'),
    "text of a section": lambda xml: xml.replace("<Sets>", f"<Sets>{NAME}"),
    "unknown attribute": lambda xml: xml.replace('<Pupil Id="501"', f'<Pupil Id="501" Nickname="{NAME}"'),
    "name of an attribute": lambda xml: xml.replace('<Pupil Id="501"', f'<Pupil Id="501" {NAME}="1"'),
    "attribute of a text": lambda xml: xml.replace("<Forename>", f'<Forename Was="{NAME}">', 1),
    "attribute of the root": lambda xml: xml.replace("<iSAMS>", f'<iSAMS By="{NAME}">'),
    "attribute of a section": lambda xml: xml.replace("<Sets>", f'<Sets By="{NAME}">'),
    "mark of a legacy element": lambda xml: xml.replace('Legacy="True"', f'Legacy="{NAME}"', 1),
    "mark of a primary teacher": lambda xml: xml.replace('PrimaryTeacher="True"', f'PrimaryTeacher="{NAME}"', 1),
    "namespace": lambda xml: xml.replace("</Pupil>", f'<s:Forename xmlns:s="{NAME}">{NAME}</s:Forename></Pupil>', 1),
    "prefix": lambda xml: xml.replace("</Pupil>", f'<{NAME}:x xmlns:{NAME}="urn:x" /></Pupil>', 1),
    "xsi attribute": lambda xml: xml.replace(
        '<Pupil Id="501"', f'<Pupil Id="501" xmlns:xsi="urn:xsi" xsi:type="{NAME}" xsi:nil="{NAME}"'
    ),
    "CDATA": lambda xml: xml.replace("Forename501", f"<![CDATA[{NAME}]]>"),
    "character references": lambda xml: xml.replace("Forename501", "".join(f"&#{ord(one)};" for one in NAME)),
    "section that is not known": lambda xml: xml.replace("</iSAMS>", f"<Medical><A>{NAME}</A></Medical></iSAMS>"),
    "name of a section": lambda xml: xml.replace("</iSAMS>", f"<PupilManager><{NAME} /></PupilManager></iSAMS>"),
    "section in the wrong place": lambda xml: xml.replace(
        "</iSAMS>",
        f"<HRManager><CurrentPupils><Pupil><Surname>{NAME}</Surname></Pupil></CurrentPupils></HRManager></iSAMS>",
    ),
    "record in the wrong section": lambda xml: xml.replace(
        "<CurrentStaff>", f"<CurrentStaff><Pupil><Surname>{NAME}</Surname></Pupil>"
    ),
    "code of a set": lambda xml: xml.replace("<SetCode>9A/Ph1<", f"<SetCode>9A/Ph1-{NAME}<"),
    "name of a set": lambda xml: xml.replace("<Name>9A/Ph1<", f"<Name>Dr {NAME}<"),
    "name of a subject": lambda xml: xml.replace("<Name>Physics<", f"<Name>{NAME} Studies<"),
    "name of a department": lambda xml: xml.replace("<Name>Sciences<", f"<Name>{NAME}<"),
    "id of a form": lambda xml: xml.replace("9/A", f"9/{NAME}"),
    "name of a year": lambda xml: xml.replace("<Name>Year 9<", f"<Name>{NAME}<"),
    "year of a pupil": lambda xml: xml.replace("</CurrentPupils>", f"{pupil(504, year=NAME)}</CurrentPupils>"),
    "domain of an address": lambda xml: xml.replace("pupil501@hollowell.example", f"pupil501@{NAME}.local"),
    "id of a teacher": lambda xml: xml.replace('StaffId="101"', f'StaffId="{NAME}"'),
    "date": lambda xml: xml.replace("</Pupil>", f"<DOB>{NAME}</DOB></Pupil>", 1),
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_a_name_in_an_unexpected_place(school: Path, place: str) -> None:
    """Wherever a name is, it is not in what is written, nor in what is printed or logged."""
    xml = HIDING_PLACES[place](WITH_GROUPS)
    assert xml != WITH_GROUPS
    (school / "hartley.xml").write_text(xml, encoding="utf-8", newline="")

    ran = record(school, "-v")

    assert ran.exit_code == 0, ran.err
    assert NAME.lower() not in (school / OUT).read_text(encoding="utf-8").lower()
    assert NAME.lower() not in (ran.out + ran.err).lower()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252"])
def test_every_encoding_becomes_utf_8(school: Path, encoding: str) -> None:
    """A document is read as it is encoded, and written in UTF-8."""
    declared = encoding.removesuffix("-sig").removesuffix("-le")
    xml = document(pupils=PUPILS.replace("Surname501", "Müller")).replace('"utf-8"', f'"{declared}"')
    (school / "hartley.xml").write_bytes(xml.encode(encoding))

    assert record(school).exit_code == 0
    written = (school / OUT).read_bytes().decode("utf-8")
    assert written.startswith('<?xml version="1.0" encoding="utf-8"?>')
    (surname,) = [text for name, text in texts_of(written) if name == "Surname" and not text.isascii()]
    assert [letter.isascii() for letter in surname] == [letter.isascii() for letter in "Müller"]


def test_the_shape_of_texts_stays(school: Path) -> None:
    """Blanks, line breaks, punctuation, capitals, accents that combine and emoji are where they were."""
    odd = "O\u2019D\u00f6-\u05d0\u05d1\u05d2 e\u0301\u200f \U0001f600 \u00a0 &#xA; McX &lt;&amp;&gt;&quot;"
    xml = document(pupils=PUPILS.replace("Surname501", odd).replace("Forename502", "&#x20;"))

    written = replaced(school, xml)

    assert unfaithful(xml, written) == []
    assert "\U0001f600" not in written
    assert "<Forename> </Forename>" in written


def test_who_is_together_stays_together(school: Path) -> None:
    """Ids that are shared stay so, whatever zeros and blanks are around them; 0 and blanks stay what they are."""
    people = pupil(501, school_id="101") + pupil(502, school_id="0502") + pupil(503, school_id="0")
    row = '<SetList SetId=" 011 " PupilId="501"><SchoolId>{}</SchoolId></SetList>'
    xml = document(pupils=people, rows="".join(map(row.format, ("101", "0502", "0", "&#x20;"))))

    pairs = pair(xml, replaced(school, xml))

    mapped = pairs.of("101", "SchoolId", "StaffId", "Id")
    assert mapped is not None
    assert (len(mapped), mapped != "101") == (3, True)
    assert pairs.of(" 011 ", "SetId") == f" 0{pairs.of('11', 'Id')} "
    assert pairs.of("0", "SchoolId") == "0"


def test_two_people_of_one_id_are_still_refused(school: Path) -> None:
    """A fault of the document is in the other one too."""
    replaced(school, TWINS)
    (school / "hartley.xml").write_bytes((school / OUT).read_bytes())

    ran = command("run-all", "--format", "json")

    assert (ran.exit_code, ran.json["profiles"][0]["findings"]["SDS202"]) == (1, 1)


def test_the_smaller_id_decides_as_before(tmp_path: Path) -> None:
    """Of those who share an address the same ones stay, however many there are."""
    people = "".join(pupil(500 + number, email=f"Shared{number % 40}@Hollowell.example") for number in range(400))
    rows = "".join(
        f'<SetList SetId="11" PupilId="{500 + number}"><SchoolId>{7983000000500 + number}</SchoolId></SetList>'
        for number in range(0, 400, 3)
    )
    install(tmp_path, seniors='name = "Seniors"\noutput = "csv/Seniors"\nyear_groups = [9]\n')
    xml = document(pupils=people, rows=rows)
    (tmp_path / "hartley.xml").write_text(xml, encoding="utf-8")

    ran = record(tmp_path, "-v")

    assert (ran.exit_code, ran.logs("record.rejected")) == (0, [])
    assert leaks(xml, (tmp_path / OUT).read_bytes()) == []


PROFILE = """\
name = "Seniors"
output = "csv/Seniors"
year_groups = [3, 9]
[subjects]
include = [4, 5]
[teachers]
extra = ["Staff102@*", "head@hollowell.example", "?ead@*", "no.one*"]
[classes]
exclude = ["*Games*"]
include = ["9a*", "3?/m*"]
owners = "primary"
[[classes.merge]]
sets = ["9a/PH1", "id:012"]
id = "joint"
[groups]
forms = true
year_groups = true
"""


def test_a_profile_that_names_much(tmp_path: Path) -> None:
    """What a profile names of the document is looked for under its invented name."""
    install(tmp_path, seniors=PROFILE)
    games = SETS.replace('Id="11"', 'Id="13"').replace("9A/Ph1", "9A/Games")
    xml = WITH_GROUPS.replace("</Sets>", f"{games}</Sets>").replace(">Year 9<", ">Year of Nine<")
    (tmp_path / "hartley.xml").write_text(xml, encoding="utf-8")

    ran = record(tmp_path, "-v")

    assert (ran.exit_code, ran.logs("record.rejected"), ran.logs("profile.passed_over")) == (0, [], [])
    assert leaks(xml, (tmp_path / OUT).read_bytes()) == []


def test_a_profile_without_its_groups(school: Path) -> None:
    """A profile for which the document has no groups gets none from the other one either."""
    install(school, seniors=PROFILE)

    assert record(school).exit_code == 0


def test_a_wrong_profile_is_passed_over(school: Path) -> None:
    """A profile with mistakes makes no set, and does not stop the others."""
    install(school, wrong="name = 3\n")

    ran = record(school, "--format", "json")

    assert (ran.exit_code, ran.json["profiles"]) == (0, ["Seniors"])
    assert [line["profile"] for line in ran.logs("profile.passed_over")] == ["wrong"]


HARTLEY = f'[school]\nid = "1"\nname = "X"\n[isams]\nfile = {toml(str(FIXTURES / "isams" / "hartley.xml"))}\n'


@pytest.mark.parametrize(
    ("arguments", "pupils", "years"),
    [
        (["--only-year", "9"], None, {"9"}),
        (["--only-year", "9", "--only-year", "0"], None, {"9", "0"}),
        (["--max-pupils", "20"], 20, None),
        (["--max-pupils", "5", "--only-year", "8"], 5, {"8"}),
        (["--max-pupils", "5000"], 154, None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_part_of_it(tmp_path: Path, arguments: list[str], pupils: int | None, years: set[str] | None) -> None:
    """A small document has pupils of the years, at most so many, and all that they refer to; it can be run."""
    install(tmp_path, HARTLEY, all='name = "All"\noutput = "csv/All"\nyear_groups = [0, 7, 8, 9, 13]\n')

    ran = record(tmp_path, *arguments, "-v")

    assert (ran.exit_code, ran.logs("record.rejected")) == (0, [])
    written = (tmp_path / OUT).read_bytes()
    assert leaks((FIXTURES / "isams" / "hartley.xml").read_bytes(), written) == []
    root = ET.fromstring(written)  # noqa: S314
    assert pupils is None or len(root.findall(".//Pupil")) == pupils
    assert years is None or {found.text for found in root.iter("NCYear")} == years
    assert_closed(root)
    install(tmp_path, HARTLEY.replace(toml(str(FIXTURES / "isams" / "hartley.xml")), toml(OUT)))
    assert command("run-all", "--dry-run", "--config", tmp_path / "sdssync.toml").exit_code == 0


def assert_closed(root: ET.Element) -> None:
    """Check that a document has what its records refer to, and nothing to which none does."""
    teachers = {found.get("StaffId") for found in root.iter("Teacher") if found.get("StaffId")}
    staff = {found.get("Id") for found in root.iter("StaffMember")}
    owners = {
        value
        for name in ("TutorId", "AssistantTutorId", "SecondAssistantTutorId", "HouseMasterId", "AssistantHouseMasterId")
        for found in root.iter()
        if (value := found.get(name)) and value != "0"
    }
    assert staff == teachers | owners
    rows = root.findall(".//SetList")
    assert {row.get("SetId") for row in rows} == {found.get("Id") for found in root.iter("Set")}
    assert {row.get("PupilId") for row in rows} <= {found.get("Id") for found in root.iter("Pupil")}
    subjects = {found.get("Id") for found in root.iter("Subject")}
    assert subjects == {found.get("SubjectId") for found in root.iter("Set")}
    assert {found.get("Id") for found in root.findall(".//Forms/Form")} == {
        found.text for found in root.iterfind(".//Pupil/Form")
    }


def test_odd_pupils_stay(school: Path) -> None:
    """Pupils without address, or who share one, are among few of many."""
    people = "".join(pupil(number) for number in range(501, 601))
    people += (
        pupil(601, email="") + pupil(602, email="twin@hollowell.example") + pupil(603, email="Twin@hollowell.example")
    )
    rows = "".join(f'<SetList SetId="11" PupilId="{number}" />' for number in range(501, 604))
    (school / "hartley.xml").write_text(document(pupils=people, rows=rows), encoding="utf-8")

    assert record(school, "--max-pupils", "6").exit_code == 0
    addresses = [(found.findtext("EmailAddress") or "").lower() for found in ET.parse(school / OUT).iter("Pupil")]  # noqa: S314
    assert len(addresses) == 6
    assert addresses[-1] == addresses[-2] != ""
    assert addresses[-3] == ""


def test_pupils_with_sets_come_before_others(school: Path) -> None:
    """The only pupil of a very small document is one with a set."""
    people = "".join(pupil(number) for number in range(601, 641)) + pupil(501)
    (school / "hartley.xml").write_text(document(pupils=people), encoding="utf-8")

    ran = record(school, "--max-pupils", "1", "--format", "json")

    assert (ran.json["pupils"], ran.json["sets"]) == (1, 1)


def test_rows_of_a_part(school: Path) -> None:
    """Of the lists of sets that stay, the rows of those who have left stay too; rows of other sets do not."""
    rows = [("11", "501"), ("11", "999"), ("12", "503"), ("12", "999"), ("404", "501")]
    lists = "".join(f'<SetList SetId="{set_id}" PupilId="{number}" />' for set_id, number in rows)
    (school / "hartley.xml").write_text(document(rows=lists), encoding="utf-8")

    assert record(school, "--only-year", "9").exit_code == 0
    root = ET.parse(school / OUT).getroot()  # noqa: S314
    (teaching_set,) = (found.get("Id") for found in root.iter("Set"))
    pupils = {found.get("Id") for found in root.iter("Pupil")}
    listed = [(row.get("SetId") == teaching_set, row.get("PupilId") in pupils) for row in root.iter("SetList")]
    assert listed == [(True, True), (True, False)]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["--only-year", "12"], 2, "no pupil of these years"),
        (["--max-pupils", "0"], 2, "--max-pupils"),
        (["--only-year", "nine"], 2, "--only-year"),
        (["--output", "hartley.xml"], 2, "exists already"),
        (["--output", "state/out.xml"], 2, "which sdssync uses itself"),
        (["--output", "csv/Seniors/out.xml"], 2, "which sdssync uses itself"),
        (["--output", "profiles.d/out.xml"], 2, "which sdssync uses itself"),
        (["--output", "nowhere/out.xml"], 2, "does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_it_refuses(school: Path, arguments: list[str], code: int, error: str) -> None:
    """What cannot be done is said, and nothing is written."""
    before = {path: path.read_bytes() for path in school.rglob("*") if path.is_file()}

    ran = record(school, *arguments)

    assert ran.exit_code == code
    assert error in ran.err
    after = {path: path.read_bytes() for path in school.rglob("*") if path.is_file() and path.name != "sdssync.lock"}
    assert after == before


def test_pupils_without_sets(school: Path) -> None:
    """A year in which no one is on a list would make a document that is not complete."""
    people = PUPILS + pupil(504, year="5")
    (school / "hartley.xml").write_text(document(pupils=people), encoding="utf-8")

    ran = record(school, "--only-year", "5")

    assert (ran.exit_code, (school / OUT).exists()) == (2, False)
    assert "on the list of a teaching set" in ran.err


@pytest.mark.parametrize(
    ("xml", "error"),
    [
        (None, "cannot be read"),
        ("<iSAMS>", "is truncated"),
        (f'<!DOCTYPE iSAMS [<!ENTITY x "{NAME}">]><iSAMS>&x;</iSAMS>', "DOCTYPE"),
        ("<iSAMS />", "is not complete"),
    ],
    ids=["none", "truncated", "doctype", "empty"],
)
def test_a_document_that_cannot_be_read(school: Path, xml: str | None, error: str) -> None:
    """A document that a run refuses is refused here with the same words."""
    if xml is None:
        (school / "hartley.xml").unlink()
    else:
        (school / "hartley.xml").write_text(xml, encoding="utf-8")

    ran = record(school)

    assert (ran.exit_code, (school / OUT).exists()) == (2 if xml is None else 3, False)
    assert error in ran.err
    assert NAME not in ran.err


def test_the_document_that_was_downloaded_last(school: Path) -> None:
    """With a server it takes the last document, and asks for nothing."""
    settings = '[isams]\nurl = "https://127.0.0.1:9/"\napi_key_env = "NOT_THERE"\n'
    install(school, SETTINGS.partition("[isams]")[0] + settings)
    missing = record(school)
    (school / "hartley.xml").rename(school / "state" / "isams.xml")

    assert (missing.exit_code, record(school).exit_code) == (3, 0)


def test_another_run_keeps_it_out(school: Path) -> None:
    """It takes the lock of the installation."""
    with installation_lock(school / "state"):
        assert record(school).exit_code == 5


def test_a_name_that_no_other_can_take_the_place_of(school: Path) -> None:
    """A script whose letters have no others of their kind keeps its names, and so nothing is written."""
    cherokee = "\u13b4\u13b5\u13b6\u13b7"
    (school / "hartley.xml").write_text(document(pupils=PUPILS.replace("Surname501", cherokee)), encoding="utf-8")

    ran = record(school)

    assert (ran.exit_code, (school / OUT).exists()) == (6, False)
    (line,) = ran.logs("command.failed")
    assert "1 values of the real document are in it (kind: name or free text)" in line["error"]
    assert cherokee not in ran.err


def test_nothing_is_written_that_cannot_be_proved(school: Path) -> None:
    """Where the invented ids cannot be like the real ones, the set of a merge differs, and nothing is written."""
    # the class of the merge has the id of a set that is not in it: its invented id is another one
    merge = '[[classes.merge]]\nsets = ["9A/Ph1", "9A/Ph2"]\nid = "12"\n'
    profile = 'name = "Seniors"\noutput = "csv/Seniors"\nyear_groups = [3, 9]\nclass_id = "{set_id}"\n[classes]\n'
    install(school, seniors=profile + merge)

    ran = record(school)

    assert (ran.exit_code, (school / OUT).exists()) == (6, False)
    (line,) = ran.logs("command.failed")
    assert "the set of Seniors differs" in line["error"]
    assert json.dumps(line).count("@") == 0
