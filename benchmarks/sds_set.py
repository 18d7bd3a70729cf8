"""
A valid SDS V2.1 set of any size; nothing in it is random.

    python -m benchmarks.sds_set --classes 5000 FOLDER

A class has one teacher and 199 pupils; there are one teacher and nineteen pupils for each class. So 5,000 classes
have 1,000,000 enrolments and 100,000 users.
"""

import argparse
import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ORG = "8889999"
PUPILS_IN_A_CLASS = 199
PUPILS_FOR_A_CLASS = 19
GRADES = ("KG", *(f"{year:02}" for year in range(1, 14)))

Row = tuple[str, ...]


def write_set(folder: Path, classes: int) -> None:
    """Write the five files; with fewer than eleven classes a class would have to hold a pupil twice."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "orgs.csv", ("sourcedId", "name", "type"), [(ORG, "MySchool", "school")])
    _write(folder / "users.csv", ("sourcedId", "username", "familyName", "givenName"), _users(classes))
    _write(folder / "roles.csv", ("userSourcedId", "orgSourcedId", "role", "grade"), _roles(classes))
    _write(folder / "classes.csv", ("sourcedId", "orgSourcedId", "title"), _classes(classes))
    _write(folder / "enrollments.csv", ("classSourcedId", "userSourcedId", "role"), _enrollments(classes))


def _users(classes: int) -> Iterator[Row]:
    for number in range(classes):
        yield _teacher(number), f"teacher{number}@school.example", "", ""
    for number in range(classes * PUPILS_FOR_A_CLASS):
        yield _pupil(number), f"pupil{number}@pupils.school.example", "", ""


def _roles(classes: int) -> Iterator[Row]:
    for number in range(classes):
        yield _teacher(number), ORG, "teacher", ""
    for number in range(classes * PUPILS_FOR_A_CLASS):
        yield _pupil(number), ORG, "student", GRADES[number % len(GRADES)]


def _classes(classes: int) -> Iterator[Row]:
    for number in range(classes):
        yield _class(number), ORG, f"{number % 14}Ma{number}_2026_27"


def _enrollments(classes: int) -> Iterator[Row]:
    pupils = classes * PUPILS_FOR_A_CLASS
    for number in range(classes):
        yield _class(number), _teacher(number), "teacher"
        for place in range(PUPILS_IN_A_CLASS):
            yield _class(number), _pupil((number * PUPILS_IN_A_CLASS + place) % pupils), "student"


def _class(number: int) -> str:
    return str(5000 + 3 * number)


def _teacher(number: int) -> str:
    return str(101 + 3 * number)


def _pupil(number: int) -> str:
    return str(1_000_000_000_007 + 7919 * number)  # as long as the numbers that iSAMS gives


def _write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # its rows end in CRLF, as the format asks
        writer.writerow(header)
        writer.writerows(rows)


def main(argv: Sequence[str] | None = None) -> None:
    """Write a valid SDS V2.1 set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sds_set", description=main.__doc__)
    parser.add_argument("--classes", type=int, default=5000, help="how many (default: %(default)s)")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args(argv)
    write_set(options.folder, options.classes)


if __name__ == "__main__":
    main()
