"""Each column of each file damaged in each way, and what a check finds compared with a second opinion."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from sdssync.sds.check_set import CheckOptions, check_set
from sdssync.sds.findings import SetReport
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import FORMATS
from tests.support.oracle import File, Oracle

pytestmark = [pytest.mark.slow, pytest.mark.portable]

SETS = Path(__file__).parents[2] / "fixtures" / "sds"


def _read(sds_format: SdsFormat) -> dict[str, File]:
    """Read a sample-shaped set, and give it the columns that it has not."""
    files = {}
    for path in (SETS / sds_format.value).iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            files[path.stem] = list(csv.reader(file))
    for table in FORMATS[sds_format].files:
        header, *rows = files[table.name.removesuffix(".csv")]
        for column in table.columns:
            if column.name not in header:
                header.append(column.name)
                for row in rows:
                    row.append(column.example)
    return files


def _write(folder: Path, files: dict[str, File]) -> None:
    for name, rows in files.items():
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def _empty(rows: File, line: int, index: int) -> None:
    rows[line][index] = ""


def _blank(rows: File, line: int, index: int) -> None:
    rows[line][index] = " \t"


def _copy_row(rows: File, line: int, index: int) -> None:  # noqa: ARG001  a row has no column
    rows.append(list(rows[line]))


def _copy_cell(rows: File, line: int, index: int) -> None:
    """Set the same value in the next row."""
    rows[line % (len(rows) - 1) + 1][index] = rows[line][index]


def _dangle(rows: File, line: int, index: int) -> None:
    rows[line][index] = "nothing-has-this-id"


def _off_list(rows: File, line: int, index: int) -> None:
    rows[line][index] = "none of these"


def _pad(rows: File, line: int, index: int) -> None:
    rows[line][index] += " "


def _swap_case(rows: File, line: int, index: int) -> None:
    rows[line][index] = rows[line][index].swapcase()


def _list(rows: File, line: int, index: int) -> None:
    rows[line][index] += ",second"


Damage = Callable[[File, int, int], None]
DAMAGES: tuple[Damage, ...] = (
    _empty,
    _blank,
    _copy_row,
    _copy_cell,
    _dangle,
    _off_list,
    _pad,
    _swap_case,
    _list,
)
COLUMNS = [
    pytest.param(sds_format, file.name.removesuffix(".csv"), column.name, id=f"{sds_format}-{file.name}-{column.name}")
    for sds_format, tables in FORMATS.items()
    for file in tables.files
    for column in file.columns
]


def _compare(report: SetReport, oracle: Oracle, what: str) -> None:
    found = sorted((finding.code, str(finding.severity), finding.file, finding.line) for finding in report.findings)
    assert found == sorted(oracle.found.elements()), what
    assert report.suppressed == dict(sorted(oracle.follow.items())), what


@pytest.mark.parametrize(("sds_format", "name", "column"), COLUMNS)
def test_damage(tmp_path: Path, sds_format: SdsFormat, name: str, column: str) -> None:
    """A damaged cell, in the first, a middle and the last row, gives exactly the findings of the second opinion."""
    whole = _read(sds_format)
    _write(tmp_path, whole)
    index = whole[name][0].index(column)
    last = len(whole[name]) - 1
    for damage in DAMAGES:
        for line in sorted({1, last // 2 + 1, last}):
            files = {key: [list(row) for row in rows] for key, rows in whole.items()}
            damage(files[name], line, index)
            _write(tmp_path, {name: files[name]})

            report = check_set(tmp_path, CheckOptions())

            _compare(report, Oracle(sds_format.value, files).run(), f"{damage.__name__} in row {line}")


@pytest.mark.parametrize(("sds_format", "name", "column"), COLUMNS)
@pytest.mark.parametrize("damage", ["missing", "misspelt", "doubled"])
def test_damaged_header(tmp_path: Path, sds_format: SdsFormat, name: str, column: str, damage: str) -> None:
    """A header that is missing, misspelt or doubled is reported once, and causes no error about rows."""
    files = _read(sds_format)
    header = files[name][0]
    index = header.index(column)
    required = column in {
        field.name
        for file in FORMATS[sds_format].files
        if file.name == f"{name}.csv"
        for field in file.columns
        if field.required.always
    }
    if damage == "misspelt":
        header[index] = column.upper()
    for row in files[name]:
        if damage == "doubled":
            row.append(row[index])
        elif damage == "missing":
            del row[index]
    _write(tmp_path, files)

    report = check_set(tmp_path, CheckOptions(format=sds_format))

    expected = {"missing": "SDS102" if required else None, "misspelt": "SDS102" if required else "SDS104"}
    expected["doubled"] = "SDS103"
    reported = [finding.code for finding in report.findings if finding.line == 1 and finding.code < "SDS200"]
    assert reported == [code for code in [expected[damage]] if code]
    errors = {finding.code for finding in report.findings if finding.severity == "error" and finding.line != 1}
    assert errors <= ({"SDS211"} if column in {"email", "givenName", "familyName"} else set())


@pytest.mark.parametrize("sds_format", SdsFormat)
def test_missing_file(tmp_path: Path, sds_format: SdsFormat) -> None:
    """Each missing file is reported once or not at all, and no row is blamed for it."""
    for gone in FORMATS[sds_format].files:
        folder = tmp_path / gone.name
        folder.mkdir()
        files = _read(sds_format)
        del files[gone.name.removesuffix(".csv")]
        _write(folder, files)

        report = check_set(folder, CheckOptions(format=sds_format))

        reported = [finding.file for finding in report.findings if finding.severity in {"fatal", "error"}]
        assert reported in ([gone.name], []), gone.name
        assert [f for f in report.findings if f.code in {"SDS206", "SDS207"}] == [], gone.name
