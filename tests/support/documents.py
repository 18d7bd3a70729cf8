"""Small iSAMS documents as text: a school of three pupils, with parts that can be replaced."""

PHYSICS, MATHS = "11", "12"
"""The ids of the two teaching sets: of year 9 and of year 3."""


def pupil(number: int, *, school_id: str = "", year: str = "9", email: str | None = None) -> str:
    """Return a pupil; `email` "" means that there is none."""
    address = f"pupil{number}@hollowell.example" if email is None else email
    return (
        f'<Pupil Id="{number}"><SchoolId>{school_id or 7983000000000 + number}</SchoolId>'
        f"<Forename>Forename{number}</Forename><Surname>Surname{number}</Surname><NCYear>{year}</NCYear>"
        f"<EmailAddress>{address}</EmailAddress></Pupil>"
    )


def row(set_id: str, number: int) -> str:
    """Return a set-list row: a pupil in a teaching set."""
    return (
        f'<SetList SetId="{set_id}" PupilId="{number}"><SetId Legacy="True">{set_id}</SetId>'
        f'<SchoolId Legacy="True">{7983000000000 + number}</SchoolId></SetList>'
    )


STAFF = "".join(
    f'<StaffMember Id="{number}"><Forename>Staff{number}</Forename><Surname>Member{number}</Surname>'
    f"<SchoolEmailAddress>staff{number}@hollowell.example</SchoolEmailAddress></StaffMember>"
    for number in (101, 102)
)
DEPARTMENTS = (
    '<Department Id="1"><Name>Sciences</Name><Subjects>'
    '<Subject Id="4"><Name>Physics</Name><Code>Ph</Code></Subject>'
    '<Subject Id="5"><Name>Mathematics</Name></Subject></Subjects></Department>'
    '<Department Id="2"><Name>Numbers</Name><Subjects>'
    '<Subject Id="5"><Name>Mathematics</Name></Subject></Subjects></Department>'
)
PUPILS = pupil(501) + pupil(502, email="") + pupil(503, year="3")
ROWS = row(PHYSICS, 501) + row(PHYSICS, 502) + row(MATHS, 503)
SETS = "".join(
    f'<Set Id="{number}" SubjectId="{subject}" YearId="{year}"><SubjectId Legacy="True">{subject}</SubjectId>'
    f'<YearId Legacy="True">{year}</YearId><SetCode>{code}</SetCode><Name>{code}</Name>'
    f'<Teachers><Teacher StaffId="{teacher}" PrimaryTeacher="True" /></Teachers></Set>'
    for number, subject, year, code, teacher in ((PHYSICS, 4, 9, "9A/Ph1", 101), (MATHS, 5, 3, "3B/Ma", 102))
)


def document(*, pupils: str = PUPILS, rows: str = ROWS) -> str:
    """Return a complete document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>'
        f"<HRManager><CurrentStaff>{STAFF}</CurrentStaff></HRManager>"
        f"<PupilManager><CurrentPupils>{pupils}</CurrentPupils></PupilManager>"
        f"<TeachingManager><Departments>{DEPARTMENTS}</Departments><Sets>{SETS}</Sets>"
        f"<SetLists>{rows}</SetLists></TeachingManager></iSAMS>\n"
    )


TWINS = document(pupils=PUPILS + pupil(504, school_id="7983000000501"))
"""A document with two pupils of the same school id: no profile of year 9 may be published."""

_GROUPS = (
    '<SchoolManager><Years><Year Id="9" TutorId="101"><Name>Year 9</Name></Year></Years>'
    '<Forms><Form Id="9/A" TutorId="101" YearId="9" /><Form Id="9/B" YearId="9" /></Forms></SchoolManager>'
)
WITH_GROUPS = document().replace("</iSAMS>", f"{_GROUPS}</iSAMS>")
"""A document with two forms and a year."""
