"""The second opinion on classes: a small school for each sentence of the contract, with what must come of it."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests.support.class_oracle import Expected, expect
from tests.support.class_records import Set
from tests.support.class_rules import matches
from tests.support.class_schools import random_school
from tests.support.class_tables import random_parts, random_profile
from tests.support.made_school import dice

pytestmark = pytest.mark.portable

FORMS = {"groups": {"forms": True}}
HOUSES = {"groups": {"houses": ["academic"]}}
OTHERS = {"groups": {"year_groups": True, "houses": ["boarding"]}}
JOINT = {"sets": ["7Ma", "7Mb"], "id": "joint{suffix}"}
BY_YEAR = {"groups": {"forms": True, "class_id": "{group_kind}-{year_group}-{group_id}"}}


def staff(number: int, *, email: str | None = None, code: str = "") -> str:
    """Write a member of staff."""
    address = f"{number}@school.example" if email is None else email
    texts = f"<SchoolEmailAddress>{address}</SchoolEmailAddress><UserCode>{code}</UserCode>"
    return f'<StaffMember Id="{number}">{texts}</StaffMember>'


def pupil(number: int, *, year: int = 7, form: str = "", house: str = "", email: str | None = None) -> str:
    """Write a pupil, in an academic house."""
    address = f"{number}@pupils.example" if email is None else email
    texts = (
        f"<SchoolId>{number}</SchoolId><NCYear>{year}</NCYear><Form>{form}</Form><EmailAddress>{address}</EmailAddress>"
    )
    return f'<Pupil Id="{number}" AcademicHouseId="{house}" BoardingHouseId="0{house}">{texts}</Pupil>'


def teaching_set(number: int, code: str, teachers: str = "", **attributes: int) -> str:
    """Write a set of year 7 and subject 1; a teacher with `!` is marked as primary."""
    marked = ((name.strip("!"), name.endswith("!")) for name in teachers.split())
    each = "".join(f'<Teacher StaffId="{staff_id}" PrimaryTeacher="{is_marked}" />' for staff_id, is_marked in marked)
    values = {"SubjectId": 1, "YearId": 7} | attributes
    written = " ".join(f'{name}="{value}"' for name, value in values.items())
    return (
        f'<Set Id="{number}" {written}><SetCode>{code}</SetCode><Name>Lessons</Name><Teachers>{each}</Teachers></Set>'
    )


def lists(**sets: str) -> str:
    """Write the lists of sets: `s11="1 2"`."""
    return "".join(
        f'<SetList SetId="{name[1:]}"><SchoolId>{number}</SchoolId></SetList>'
        for name, numbers in sets.items()
        for number in numbers.split()
    )


def form(form_id: str, *, year: int = 7, tutor: str = 'TutorId="101"', inside: str = "") -> str:
    """Write a form."""
    return f'<Form Id="{form_id}" YearId="{year}" {tutor}>{inside}</Form>'


STAFF = staff(101, code="AB") + staff(102, code="cd") + staff(103, email="", code="EF")
PUPILS = pupil(1) + pupil(2) + pupil(3, year=8) + pupil(4, email="")


def document(pupils: str = PUPILS, sets: str = "", rows: str = "", staff_members: str = STAFF, **groups: str) -> str:
    """Write a document: the groups by the names of their sections."""
    sections = "".join(f"<{name}>{records}</{name}>" for name, records in groups.items())
    subjects = '<Subjects><Subject Id="1" /><Subject Id="2" /></Subjects>'
    return (
        f"<iSAMS><HRManager><CurrentStaff>{staff_members}</CurrentStaff></HRManager>"
        f"<PupilManager><CurrentPupils>{pupils}</CurrentPupils></PupilManager>"
        f"<TeachingManager><Departments><Department>{subjects}</Department></Departments><Sets>{sets}</Sets>"
        f"<SetLists>{rows}</SetLists></TeachingManager><SchoolManager>{sections}</SchoolManager></iSAMS>"
    )


def expected(xml: str, *parts: dict[str, Any]) -> Expected:
    """Return what the oracle says of profiles of year 7, unless they have other years."""
    return expect(xml, [{"year_groups": [7]} | part for part in parts], "school")


def classes(found: Expected) -> dict[str, str]:
    """Return the classes: title, teachers, pupils."""
    members = {
        (class_id, role): " ".join(
            sorted(user for name, user, is_role in found.enrollments if (name, is_role) == (class_id, role))
        )
        for class_id in found.classes
        for role in ("teacher", "student")
    }
    return {
        class_id: f"{known.title}: {members[class_id, 'teacher']}: {members[class_id, 'student']}"
        for class_id, known in found.classes.items()
    }


@pytest.mark.parametrize(
    ("pattern", "code", "name", "is_match"),
    [
        ("*Games*", "9B games", "", True),
        ("Games", "9B Games", "", False),
        ("9?/PE*", "9A/PE1", "", True),
        ("9?/PE*", "9/PE1", "", False),
        ("[7]*", "[7]En", "", True),
        ("[7]*", "7En", "", False),
        ("7.n", "7En", "", False),
        ("Tutor*", "", "Tutorial", True),
        ("Tutor*", "7En", "Tutorial", False),
        ("*", "", "", False),
    ],
)
def test_patterns(pattern: str, code: str, name: str, is_match: bool) -> None:
    """A pattern matches the whole of the code, where that is empty the name; a set with neither matches none."""
    known = Set(id="11", subject="1", year="7", code=code, name=name, teachers=())

    assert matches(pattern, known) is is_match


SETS = teaching_set(11, "7Ma", "101! 102") + teaching_set(12, "7Mb", "102", SubjectId=2)
TAUGHT = {"sets": SETS, "rows": lists(s11="1 2", s12="2 4")}


@pytest.mark.parametrize(
    ("xml", "tables", "made"),
    [
        pytest.param(document(**TAUGHT), {}, {"11": "7Ma: 101 102: 1 2", "12": "7Mb: 102: 2"}, id="no tables"),
        pytest.param(document(**TAUGHT), {"classes": {"exclude": ["7MB"]}}, {"11": "7Ma: 101 102: 1 2"}, id="excluded"),
        pytest.param(document(**TAUGHT), {"classes": {"include": ["*b"]}}, {"12": "7Mb: 102: 2"}, id="included"),
        pytest.param(
            document(**TAUGHT),
            {"classes": {"include": ["*"], "exclude": ["*a"]}},
            {"12": "7Mb: 102: 2"},
            id="exclude wins",
        ),
        pytest.param(document(**TAUGHT), {"classes": {"min_pupils": 2}}, {"11": "7Ma: 101 102: 1 2"}, id="too small"),
        pytest.param(
            document(**TAUGHT),
            {"classes": {"owners": "primary"}},
            {"11": "7Ma: 101: 1 2", "12": "7Mb: 102: 2"},
            id="primary, else all",
        ),
        pytest.param(
            document(sets=teaching_set(11, "7Ma", "101 103! 199!"), rows=lists(s11="1")),
            {"classes": {"owners": "primary"}},
            {"11": "7Ma: 101: 1"},
            id="none of the marked can be enrolled",
        ),
        pytest.param(
            document(**TAUGHT),
            {"classes": {"owners": "primary"}, "teachers": {"extra": ["102@SCHOOL.example"]}},
            {"11": "7Ma: 101 102: 1 2", "12": "7Mb: 102: 2"},
            id="extra teachers always own",
        ),
        pytest.param(
            document(**TAUGHT),
            {"classes": {"merge": [JOINT]}, "suffix": "_26"},
            {"joint_26": "7Ma and 7Mb_26: 101 102: 1 2"},
            id="merged",
        ),
        pytest.param(
            document(sets=SETS, rows=lists(s11="1")),
            {"classes": {"merge": [{"sets": ["id:12", "7MA"], "id": "J", "title": "Both"}], "owners": "primary"}},
            {"J": "Both: 101 102: 1"},
            id="owners of a merge are chosen per set, by id and by code",
        ),
        pytest.param(
            document(**TAUGHT),
            {"classes": {"merge": [JOINT], "exclude": ["7Ma"]}},
            {"joint": "7Ma and 7Mb: 102: 2"},
            id="a merge sees what the profile takes, and one set is enough",
        ),
        pytest.param(
            document(sets=SETS + teaching_set(13, "7ma", "103", SubjectId=2), rows=lists(s11="1", s13="2")),
            {"classes": {"merge": [JOINT]}},
            {"joint": "7Ma and 7Mb: 101 102: 1 2"},
            id="several sets of one code",
        ),
    ],
)
def test_classes_of_sets(xml: str, tables: dict[str, Any], made: dict[str, str]) -> None:
    """Sets are filtered by code, owned by all or by primary teachers, and merged."""
    assert classes(expected(xml, tables)) == made


def test_filtered() -> None:
    """Each set that a key leaves out is counted to the first key that does; a set of another year is not."""
    sets = SETS + teaching_set(13, "Games", SubjectId=9) + teaching_set(14, "8Ma", YearId=8) + teaching_set(15, "7Z")
    tables = {"subjects": {"include": [1]}, "classes": {"exclude": ["*g*", "7m?"], "include": ["7M*"]}}

    found = expected(document(sets=sets), tables, {"subjects": {"exclude": [2], "include": [2]}})

    assert found.filtered == Counter(
        [
            ("11", "7Ma", "classes.exclude"),
            ("12", "7Mb", "subjects.include"),
            ("13", "Games", "classes.exclude"),
            ("15", "7Z", "classes.include"),
            ("11", "7Ma", "subjects.include"),
            ("12", "7Mb", "subjects.exclude"),
            ("15", "7Z", "subjects.include"),
        ]
    )


MOOR = '<House Id="2" HouseMasterId="101" AssistantHouseMasterId="102"><Name>Moor</Name></House>'
YEARS = (
    '<Year Id="70" TutorId="102"><NationalCurriculumYear>7</NationalCurriculumYear><Name>Y7</Name></Year>'
    '<Year Id="7"><NationalCurriculumYear>70</NationalCurriculumYear></Year>'
)


@pytest.mark.parametrize(
    ("xml", "tables", "made"),
    [
        pytest.param(
            document(pupil(1, form="7/A"), Forms=form("7/A", inside="<Form>Seven A</Form>")),
            FORMS | {"suffix": " 26"},
            {"form-7_A_26": "Seven A 26: 101: 1"},
            id="an id that is safe, and a title as it is",
        ),
        pytest.param(
            document(pupil(1, form="Seven A"), Forms=form("Y7", inside="<Form>Seven A</Form>")),
            FORMS,
            {"form-Y7": "Seven A: 101: 1"},
            id="a form by its element",
        ),
        pytest.param(
            document(pupil(1, form="A") + pupil(2, year=8, form="A"), Forms=form("A") + form("A", year=8, tutor="")),
            BY_YEAR | {"year_groups": [7, 8]},
            {"form-7-A": "A: 101: 1", "form-8-A": "A: : 2"},
            id="of several forms with one id that of the own year",
        ),
        pytest.param(
            document(pupil(1, form="A") + pupil(2, year=8, form="A"), Forms=form("A")),
            FORMS | {"year_groups": [7, 8]},
            {"form-A": "A: 101: 1 2"},
            id="one form of an id, whatever its year",
        ),
        pytest.param(
            document(pupil(1, form="Gone") + pupil(2), Forms=form("A")),
            FORMS,
            {},
            id="a form without a record, and none",
        ),
        pytest.param(document(pupil(3, year=8, form="A"), Forms=form("A")), FORMS, {}, id="no pupil is taken"),
        pytest.param(
            document(
                pupil(1, house="1") + pupil(2, house=" 01"), AcademicHouses='<House Id="01"><Name>Drake</Name></House>'
            ),
            HOUSES,
            {"academic-house-01": "Drake: : 1 2"},
            id="houses are numbers",
        ),
        pytest.param(
            document(pupil(1, house="0") + pupil(2), AcademicHouses='<House Id="0"><Name>Drake</Name></House>'),
            HOUSES,
            {},
            id="0 is not a house",
        ),
        pytest.param(
            document(
                pupil(1, house="2"),
                BoardingHouses=MOOR,
                Years=YEARS,
            ),
            OTHERS,
            {"boarding-house-2": "Moor: 101 102: 1", "year-70": "Y7: 102: 1"},
            id="boarding houses and years, with their owners",
        ),
    ],
)
def test_groups(xml: str, tables: dict[str, Any], made: dict[str, str]) -> None:
    """A group holds the pupils who name it and whom the profile takes."""
    assert classes(expected(xml, tables)) == made


@pytest.mark.parametrize(
    ("tutor", "inside", "owners", "omitted"),
    [
        pytest.param('TutorId="101" AssistantTutorId="102"', "", "101 102", {}, id="tutor and assistant"),
        pytest.param('TutorId="101" SecondAssistantTutorId="101"', "", "101", {}, id="named twice"),
        pytest.param('TutorId="102"', "<Tutor>AB</Tutor>", "102", {}, id="the attribute counts"),
        pytest.param('TutorId="0"', "<Tutor>ab</Tutor>", "101", {}, id="0: the user code, without regard to case"),
        pytest.param('TutorId=""', "<Tutor>CD</Tutor>", "102", {}, id="empty: the user code"),
        pytest.param("", "<SecondAssistantFormTutor>CD</SecondAssistantFormTutor>", "102", {}, id="absent"),
        pytest.param("", "<Tutor>XX</Tutor>", "", {}, id="a user code that no one has"),
        pytest.param("", "<Tutor>shared</Tutor>", "", {}, id="a user code of two"),
        pytest.param('TutorId="199"', "<Tutor>AB</Tutor>", "", {"group_owner_not_current": "199"}, id="has left"),
        pytest.param('TutorId="103"', "", "", {"teacher_without_email": "103"}, id="has no address"),
    ],
)
def test_group_owners(tutor: str, inside: str, owners: str, omitted: dict[str, str]) -> None:
    """An owner is named by the staff id, else by a user code that one member of staff has."""
    two = staff(105, code="shared") + staff(106, code="Shared")

    found = expected(
        document(pupil(1, form="A"), staff_members=STAFF + two, Forms=form("A", tutor=tutor, inside=inside)), FORMS
    )

    assert classes(found) == {"form-A": f"A: {owners}: 1"}
    assert {row[1]: row[3] for row in found.omitted if row[0] == "enrollment"} == omitted
    assert {user for user in found.users if user != "1"} == set(owners.split())


def test_owners_of_groups_without_pupils_are_no_users() -> None:
    """The tutor of a form of which no pupil is taken is not a user."""
    found = expected(document(pupil(1, form="A"), Forms=form("A") + form("B", tutor='TutorId="102"')), FORMS)

    assert set(found.users) == {"1", "101"}


def test_teachers_of_sets_that_are_left_out() -> None:
    """Those of filtered sets are no users through them; those who are not primary, or of a small class, stay users."""
    tables = {"classes": {"exclude": ["7Mb"], "owners": "primary", "min_pupils": 9}}
    sets = teaching_set(11, "7Ma", "101! 199") + teaching_set(12, "7Mb", "102")

    found = expected(document(sets=sets, rows=lists(s11="1 2", s12="2")), tables)

    assert set(found.users) == {"1", "2", "101"}
    assert found.omitted == Counter(
        [
            ("user", "pupil_without_email", "4"),
            ("class", "class_too_small", "11"),
            *(("enrollment", "class_omitted", "11", user) for user in ("101", "1", "2")),
        ]
    )


def test_doubled_ids() -> None:
    """A second set with one id, or form with one id and year, is a duplicate; the first stays, and has the pupils."""
    sets = teaching_set(11, "7Ma", "101") + teaching_set(11, "7Mb", "102")
    forms = form("A") + form("A", tutor='TutorId="102"')

    found = expected(document(pupil(1, form="A"), sets, lists(s11="1"), Forms=forms), FORMS)

    assert classes(found) == {"11": "7Ma: 101: 1", "form-A": "A: 101: 1"}
    assert found.omitted == Counter([("class", "duplicate_class", "11"), ("class", "duplicate_class", "form-A")])
    assert not found.alike


def test_doubled_houses() -> None:
    """Two houses with one number are a duplicate, however it is written; each keeps its own id."""
    houses = '<House Id="1"><Name>Drake</Name></House><House Id="01"><Name>Moor</Name></House>'

    found = expected(document(pupil(1, house="1"), AcademicHouses=houses), HOUSES)

    assert classes(found) == {"academic-house-1": "Drake: : 1"}
    assert found.omitted == Counter([("class", "duplicate_class", "academic-house-01")])


def test_a_doubled_set_is_in_no_merge() -> None:
    """Doubled ids are settled before sets are merged."""
    sets = teaching_set(11, "7Ma", "101") + teaching_set(11, "7Mb", "102")

    found = expected(document(sets=sets, rows=lists(s11="1")), {"classes": {"merge": [JOINT]}})

    assert classes(found) == {"joint": "7Ma and 7Mb: 101: 1"}
    assert found.omitted["class", "duplicate_class", "11"] == 1


@pytest.mark.parametrize(
    ("xml", "tables", "alike"),
    [
        pytest.param(
            document(pupil(1, form="7/A") + pupil(2, form="7 A"), Forms=form("7/A") + form("7 A")),
            FORMS,
            {"form-7_A"},
            id="two forms",
        ),
        pytest.param(
            document(pupil(1, form="7/A"), Forms=form("7/A") + form("7 A")), FORMS, set(), id="no pupil in one of them"
        ),
        pytest.param(
            document(**TAUGHT),
            {"classes": {"merge": [JOINT | {"sets": ["7Ma", "x"], "id": "12"}]}},
            {"12"},
            id="a merge and a set",
        ),
    ],
)
def test_ids_that_are_alike(xml: str, tables: dict[str, Any], alike: set[str]) -> None:
    """Two classes whose ids render alike reject the set."""
    assert expected(xml, tables).alike == alike


@pytest.mark.parametrize(
    ("today", "made"),
    [
        pytest.param(date(2027, 9, 1), {"11": "7Ma: 101 102: ", "form-A": "A: 101: 1"}, id="the day before"),
        pytest.param(
            date(2027, 9, 2),
            {"11": "7Ma: 101 102: 1 2", "12": "7Mb: : 2", "form-A": "A: 101: 1"},
            id="the day",
        ),
    ],
)
def test_pupils_from(today: date, made: dict[str, str]) -> None:
    """Before the day a class without a pupil in the baseline has its teachers only; one without a teacher waits."""
    sets = teaching_set(11, "7Ma", "101 102") + teaching_set(12, "7Mb") + teaching_set(13, "7Mc", "101")
    xml = document(pupil(1, form="A") + pupil(2), sets, lists(s11="1 2", s12="2", s13="9"), Forms=form("A"))
    tables = FORMS | {"year_groups": [7], "classes": {"pupils_from": date(2027, 9, 2)}}

    found = expect(xml, [tables], "school", today=today, filled={"form-A"})

    assert classes(found) == made
    assert set(found.users) == {"1", "2", "101", "102"}
    assert set(found.omitted) == {
        ("class", "class_without_pupils", "13"),
        ("enrollment", "pupil_not_current", "13", "9"),
        ("enrollment", "class_omitted", "13", "101"),
    }


def test_what_classes_are_made_of() -> None:
    """Kind, year and ids; the year of a merge is that of the first listed set that is there."""
    sets = teaching_set(11, "7Mb") + teaching_set(12, "8Mb", YearId=8) + teaching_set(13, "7X")
    merge = {"sets": ["gone", "8Mb", "7Mb"], "id": "J"}
    tables = {"year_groups": [7, 8], "classes": {"merge": [merge]}} | FORMS

    found = expected(document(pupil(1, form="A"), sets, lists(s11="1", s12="1", s13="1"), Forms=form("A")), tables)

    assert {name: (made.kind, made.year, sorted(made.made_of)) for name, made in found.classes.items()} == {
        "J": ("merged", "8", ["11", "12"]),
        "13": ("set", "7", ["13"]),
        "form-A": ("form", "7", ["A"]),
    }


COMBINED = document(
    pupil(1, house="1") + pupil(3, year=8, house="1") + pupil(5, year=9, house="1"),
    AcademicHouses='<House Id="1" HouseMasterId="101"><Name>Drake</Name></House>',
)
EIGHT = HOUSES | {"year_groups": [8]}


@pytest.mark.parametrize(
    ("other", "made", "alike"),
    [
        pytest.param(EIGHT, {"academic-house-1": "Drake: 101: 1 3"}, set(), id="one class together"),
        pytest.param({"year_groups": [8]}, {"academic-house-1": "Drake: 101: 1"}, set(), id="one part asks"),
        pytest.param(EIGHT | {"suffix": "_8"}, None, {"academic-house-1", "academic-house-1_8"}, id="two ids"),
        pytest.param(
            EIGHT | {"groups": {"houses": ["academic"], "title": "House {group_name}"}},
            None,
            {"academic-house-1"},
            id="two titles",
        ),
        pytest.param(EIGHT | {"org": {"id": "prep"}}, None, {"academic-house-1"}, id="two organisations"),
    ],
)
def test_groups_of_combined_sets(other: dict[str, Any], made: dict[str, str] | None, alike: set[str]) -> None:
    """A group has the pupils of all parts that ask for it; if they agree they make one class together."""
    found = expected(COMBINED, HOUSES, other)

    assert found.alike == alike
    assert made is None or classes(found) == made


def test_owners_of_groups_have_the_organisation_of_the_part() -> None:
    """A tutor belongs to the part in whose form a pupil is."""
    pupils = pupil(1, form="A") + pupil(3, year=8, form="B")
    forms = form("A") + form("B", year=8, tutor='TutorId="102"')
    parts: list[dict[str, Any]] = [
        FORMS | {"org": {"id": "seniors"}},
        FORMS | {"year_groups": [8], "org": {"id": "prep"}},
    ]

    found = expected(document(pupils, Forms=forms), *parts)

    assert {user: set(known.orgs) for user, known in found.users.items()} == {
        "1": {"seniors"},
        "101": {"seniors"},
        "3": {"prep"},
        "102": {"prep"},
    }


def test_random_schools_are_hard() -> None:
    """Among the random schools and tables are classes of all kinds, all reasons and filters, and ids that are alike."""
    kinds, reasons, keys, alike = set(), set(), set(), set()
    for seed in range(20):
        rng = dice(seed)
        school = random_school(rng)
        assert school == random_school(dice(seed))
        for parts in ([random_profile(rng, school)], random_parts(rng, school)):
            found = expect(school.xml, parts, "school")
            kinds |= {made.kind for made in found.classes.values()}
            reasons |= {row[:2] for row in found.omitted}
            keys |= {row[2] for row in found.filtered}
            alike |= {bool(found.alike)}

    assert kinds == {"set", "merged", "form", "academic-house", "boarding-house", "year"}
    assert {reason for kind, reason in reasons if kind == "class"} == {
        "class_without_pupils",
        "class_without_title",
        "class_too_small",
        "duplicate_class",
    }
    assert {reason for kind, reason in reasons if kind == "enrollment"} == {
        "class_omitted",
        "duplicate_enrollment",
        "duplicate_username",
        "group_owner_not_current",
        "pupil_not_current",
        "pupil_outside_year_groups",
        "pupil_without_email",
        "teacher_not_current",
        "teacher_without_email",
    }
    assert keys == {"subjects.exclude", "subjects.include", "classes.exclude", "classes.include"}
    assert alike == {True, False}
