"""
Hartley, the small invented school of the demo: one of `benchmarks.invented`, with some oddities placed by hand.

    python -m benchmarks.hartley fixtures/isams/hartley.xml
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.groups import with_groups
from benchmarks.invented import School, TeachingSet, make_school
from benchmarks.school import write_document

PUPILS = 154
"""Eleven in each year."""
WITHOUT_EMAIL = {732, 768}
"""Record ids of two pupils, one in year 4, one in year 12."""
TEACHER_WITHOUT_EMAIL = 116


def make_hartley() -> School:
    """Invent the school and place its oddities: each is something that a run must show or leave out."""
    school = with_groups(make_school(pupils=PUPILS, seed=20260901, domain="hartley.example"))
    subjects = {subject.code: subject for department in school.departments for subject in department.subjects}
    empty_set = TeachingSet(id=6000, subject=subjects["La"], year=13, number=2, staff_ids=(school.staff[0].id,))
    return replace(
        school,
        departments=tuple(
            replace(department, subjects=(*department.subjects, subjects["Dr"]))  # a subject of two departments
            if department.name == "English"
            else department
            for department in school.departments
        ),
        staff=tuple(
            replace(member, email="") if member.id == TEACHER_WITHOUT_EMAIL else member for member in school.staff
        ),
        pupils=tuple(replace(pupil, email="") if pupil.id in WITHOUT_EMAIL else pupil for pupil in school.pupils),
        sets=(*school.sets, empty_set),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Write the recorded school of the demo."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hartley", description=main.__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.xml")
    write_document(make_hartley(), parser.parse_args(argv).out)


if __name__ == "__main__":
    main()
