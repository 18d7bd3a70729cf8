"""Enrollments that appear twice are found in any order of the file, over many blocks, with quotes and without."""

import random
from pathlib import Path

import pytest

from sdssync.sds.check_set import CheckOptions, check_set

pytestmark = pytest.mark.slow

Row = tuple[str, str, str]


def write_set(folder: Path, rows: list[Row], *, quoted: bool) -> None:
    """Write a V2.1 set whose classes and users exist, with these enrollments."""
    classes = sorted({row[0] for row in rows})
    users = sorted({row[1] for row in rows})
    files: dict[str, list[tuple[str, ...]]] = {
        "orgs": [("sourcedId", "name", "type"), ("o1", "Hartley School", "school")],
        "users": [("sourcedId", "username"), *((user, f"{user}@hartley.example") for user in users)],
        "roles": [("userSourcedId", "orgSourcedId", "role"), *((user, "o1", "student") for user in users)],
        "classes": [
            ("sourcedId", "orgSourcedId", "title"),
            *((school_class, "o1", "Maths") for school_class in classes),
        ],
        "enrollments": [("classSourcedId", "userSourcedId", "role"), *rows],
    }
    mark = '"' if quoted else ""
    for name, lines in files.items():
        text = "".join(",".join(f"{mark}{cell}{mark}" for cell in line) + "\r\n" for line in lines)
        (folder / f"{name}.csv").write_bytes(text.encode())


def repeated_lines(rows: list[Row]) -> list[int]:
    """Return the lines of the rows whose class and user appear before."""
    seen: set[tuple[str, str]] = set()
    lines = []
    for line, row in enumerate(rows, 2):
        if row[:2] in seen:
            lines.append(line)
        seen.add(row[:2])
    return lines


def rows_of(order: str) -> list[Row]:
    """Make 12,000 rows, some of which appear twice, in an order; the blocks that are read hold far fewer."""
    source = random.Random(order)  # noqa: S311  (test data)
    rows = [(f"class-{number % 400:04}", f"user-{source.randrange(900):04}", "student") for number in range(12_000)]
    rows.sort()
    if order == "a class comes back":
        rows += rows[:40]
    elif order == "random":
        source.shuffle(rows)
    return rows


@pytest.mark.parametrize("quoted", [False, True], ids=["without quotes", "with quotes"])
@pytest.mark.parametrize("order", ["by class", "a class comes back", "random"])
def test_repeated_enrollments(tmp_path: Path, order: str, quoted: bool) -> None:
    """Each row that repeats class and user of an earlier one is found, and no other."""
    rows = rows_of(order)
    write_set(tmp_path, rows, quoted=quoted)

    report = check_set(tmp_path, CheckOptions(select=("SDS213",), max_findings=20_000))

    expected = repeated_lines(rows)
    assert len(expected) > 100
    assert [finding.line for finding in report.findings] == expected
