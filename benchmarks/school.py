"""
An invented school as the document that the iSAMS Batch API sends: same elements, attributes and indentation.

    python -m benchmarks.school --pupils 2000 --seed 1 OUT.xml

The rows are written one by one: 40,000 pupils make 220 MB of document, and take little memory. Who is in the school
is decided in `benchmarks.invented`.
"""

import argparse
import random
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks import groups
from benchmarks.invented import Department, Pupil, School, StaffMember, TeachingSet, make_school, user_code

UPDATED = "2025-09-01T00:00:00"


def write_document(school: School, path: Path) -> None:
    """Write the school to this file, in UTF-8 with plain line feeds on every system."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_lines(school))


def _lines(school: School) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>\n'
    yield "  <HRManager>\n    <CurrentStaff>\n"
    yield from map(_staff_member, school.staff)
    yield "    </CurrentStaff>\n  </HRManager>\n"
    yield "  <PupilManager>\n    <CurrentPupils>\n"
    yield from map(_pupil, school.pupils)
    yield "    </CurrentPupils>\n  </PupilManager>\n"
    yield "  <TeachingManager>\n    <Departments>\n"
    for number, department in enumerate(school.departments, start=1):
        yield _department(number, department)
    yield "    </Departments>\n    <SetLists>\n"
    yield from _set_lists(school.pupils)
    yield "    </SetLists>\n    <Sets>\n"
    yield from map(_set, school.sets)
    yield "    </Sets>\n  </TeachingManager>\n"
    if school.groups:
        yield from groups.lines(school.groups)
    yield "</iSAMS>\n"


def _staff_member(member: StaffMember) -> str:
    return f"""\
      <StaffMember Id="{member.id}" PersonId="{2000 + member.id}" PersonGuid="{member.guid}">
        <Initials>{member.forename[0]}{member.surname[0]}</Initials>
        <UserCode>{user_code(member)}</UserCode>
        <Title>Mx</Title>
        <Forename>{member.forename}</Forename>
        <MiddleNames />
        <Surname>{member.surname}</Surname>
        <FullName>{member.forename} {member.surname}</FullName>
        <PreferredName>{member.forename}</PreferredName>
        {_element("SchoolEmailAddress", member.email)}
        <TeachingStaff>1</TeachingStaff>
      </StaffMember>
"""


def _pupil(pupil: Pupil) -> str:
    code = f"P{pupil.id - 700:05}"
    houses = f' AcademicHouseId="{pupil.academic_house}" BoardingHouseId="{pupil.boarding_house}"'
    more = houses if pupil.academic_house else ""
    return f"""\
      <Pupil Id="{pupil.id}" PersonId="{4000 + pupil.id}" PersonGuid="{pupil.guid}" DivisionId="1"{more}>
        <SchoolCode>{code}</SchoolCode>
        <SchoolId>{pupil.school_id}</SchoolId>
        <UserCode>{code}X</UserCode>
        <Forename>{pupil.forename}</Forename>
        <Surname>{pupil.surname}</Surname>
        <Preferredname>{pupil.forename}</Preferredname>
        <Fullname>{pupil.forename} {pupil.surname}</Fullname>
        <Gender>X</Gender>
        <DOB>2012-01-01T00:00:00</DOB>
        <Form>{pupil.form}</Form>
        <NCYear>{pupil.year}</NCYear>
        {_element("EmailAddress", pupil.email)}
        <PupilType>Day</PupilType>
        <EnrolmentDate>2023-09-01T00:00:00</EnrolmentDate>
      </Pupil>
"""


def _department(number: int, department: Department) -> str:
    subjects = "".join(
        f"""\
          <Subject Id="{subject.id}" AuthorId="1">
            <Name>{escape(subject.name)}</Name>
            <Code>{escape(subject.code)}</Code>
            <LastUpdated>{UPDATED}</LastUpdated>
          </Subject>
"""
        for subject in department.subjects
    )
    return f"""\
      <Department Id="{number}">
        <Name>{escape(department.name)}</Name>
        <Subjects>
{subjects}        </Subjects>
      </Department>
"""


def _set_lists(pupils: tuple[Pupil, ...]) -> Iterator[str]:
    """Write who is in which set, in no order, as iSAMS does."""
    most = max(len(pupil.set_ids) for pupil in pupils)
    # A row is one number, pupil times `most` plus place: to shuffle 640,000 of them as objects would take 60 MB.
    places = (number * most + place for number, pupil in enumerate(pupils) for place in range(len(pupil.set_ids)))
    rows = array("L", places)
    random.Random(0).shuffle(rows)
    for identifier, row in enumerate(rows, start=90001):
        pupil = pupils[row // most]
        set_id = pupil.set_ids[row % most]
        yield f"""\
      <SetList Id="{identifier}" SetId="{set_id}" PupilId="{pupil.id}" AuthorId="1">
        <SetId Legacy="True">{set_id}</SetId>
        <SchoolId Legacy="True">{pupil.school_id}</SchoolId>
        <Author Legacy="True" />
        <LastUpdated>{UPDATED}</LastUpdated>
      </SetList>
"""


def _set(teaching_set: TeachingSet) -> str:
    identifier, subject, year, code = teaching_set.id, teaching_set.subject.id, teaching_set.year, teaching_set.code
    teachers = "".join(
        f'          <Teacher Id="{identifier}{place}" StaffId="{staff}" PrimaryTeacher="{place == 0}" />\n'
        for place, staff in enumerate(teaching_set.staff_ids)
    )
    return f"""\
      <Set Id="{identifier}" SubjectId="{subject}" YearId="{year}" AuthorId="1">
        <SubjectId Legacy="True">{subject}</SubjectId>
        <YearId Legacy="True">{year}</YearId>
        <Teacher Legacy="True">CODE{identifier}</Teacher>
        <SetNumber>{teaching_set.number}</SetNumber>
        <SetCode>{code}</SetCode>
        <Name>{code}</Name>
        <Teachers>
{teachers}        </Teachers>
        <Description />
      </Set>
"""


def _element(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else f"<{name} />"


def main(argv: Sequence[str] | None = None) -> None:
    """Write an invented school as an iSAMS document; the same size and seed give the same bytes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.school", description=main.__doc__)
    parser.add_argument("--pupils", type=int, default=2000, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another number, another school (default: %(default)s)")
    parser.add_argument("--groups", action="store_true", help="with forms, houses and years")
    parser.add_argument("out", type=Path, metavar="OUT.xml")
    options = parser.parse_args(argv)
    school = make_school(pupils=options.pupils, seed=options.seed)
    write_document(groups.with_groups(school) if options.groups else school, options.out)


if __name__ == "__main__":
    main()
