"""The SDS tables: consistent in themselves."""

import pytest

from sdssync.sds.data_types import EMAIL, PHONE, DataType, parse_date
from sdssync.sds.formats import SdsFormat
from sdssync.sds.schema import FORMATS, Column, File, Format, Needed

COLUMNS = [
    pytest.param(file, column, id=f"{sds_format}-{file.name}-{column.name}")
    for sds_format, tables in FORMATS.items()
    for file in tables.files
    for column in file.columns
]


@pytest.mark.parametrize(("file", "column"), COLUMNS)
def test_examples_are_accepted(file: File, column: Column) -> None:
    """The example of a column is of its kind, and only a column that may be empty has none."""
    assert column.data_type.accepts(column.example)
    assert column.example or not column.required.always
    assert file.column(column.name) is column


@pytest.mark.parametrize("tables", FORMATS.values(), ids=list(FORMATS))
def test_tables_fit_together(tables: Format) -> None:
    """Each reference leads to a file with sourcedIds, each key is of columns, and files follow those they refer to."""
    order = [file.name for file in tables.reading_order()]

    assert sorted(order) == sorted(file.name for file in tables.files)
    for file in tables.files:
        assert len({column.name for column in file.columns}) == len(file.columns)
        assert all(file.column(name) for name in file.key)
        for target in file.targets:
            found = tables.file(target)
            assert found is not None
            assert found.has_ids
            assert order.index(target) < order.index(file.name)


def test_needed_files() -> None:
    """V2 needs its four files, V2.1 three, and classes and enrollments together."""
    needed = {name: {file.name: file.needed for file in tables.files} for name, tables in FORMATS.items()}

    assert set(needed[SdsFormat.V2].values()) == {Needed.ALWAYS}
    assert len(needed[SdsFormat.V2]) == 4
    assert needed[SdsFormat.V21] == {
        "orgs.csv": Needed.ALWAYS,
        "users.csv": Needed.ALWAYS,
        "roles.csv": Needed.ALWAYS,
        "classes.csv": Needed.TOGETHER,
        "enrollments.csv": Needed.TOGETHER,
        "academicSessions.csv": Needed.OPTIONAL,
        "courses.csv": Needed.OPTIONAL,
        "demographics.csv": Needed.OPTIONAL,
        "userFlags.csv": Needed.OPTIONAL,
        "relationships.csv": Needed.OPTIONAL,
    }


@pytest.mark.parametrize(
    ("data_type", "value", "accepted"),
    [
        pytest.param(EMAIL, "ada@hartley.example", True, id="plain"),
        pytest.param(EMAIL, "o'hara+sds@mail.hartley.example", True, id="punctuation"),
        pytest.param(EMAIL, '"ada hill"@hartley.example', True, id="quoted local part"),
        pytest.param(EMAIL, "ada@[192.0.2.1]", True, id="address literal"),
        pytest.param(EMAIL, "ada.@hartley.example", False, id="full stop before the @"),
        pytest.param(EMAIL, "ada@hartley@example", False, id="two @"),
        pytest.param(EMAIL, "ada hill@hartley.example", False, id="blank"),
        pytest.param(EMAIL, "Ada <ada@hartley.example>", False, id="with a name"),
        pytest.param(PHONE, "+44", True, id="shortest number"),
        pytest.param(PHONE, "+123456789012345", True, id="longest number"),
        pytest.param(PHONE, "+1234567890123456", False, id="too long"),
        pytest.param(PHONE, "+4", False, id="too short"),
        pytest.param(PHONE, "+0123", False, id="begins with zero"),
        pytest.param(PHONE, "441234567890", False, id="no plus"),
        pytest.param(PHONE, "+44 1234", False, id="blank in number"),
    ],
)
def test_forms(data_type: DataType, value: str, accepted: bool) -> None:
    """E-mail addresses follow RFC 5322, phone numbers E.164."""
    assert data_type.accepts(value) is accepted


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-09-01", "2026-09-01T00:00:00"),
        ("20260901", "2026-09-01T00:00:00"),
        ("2026-09-01T08:30:00Z", "2026-09-01T08:30:00"),
        ("2026-09-01T08:30:00+01:00", "2026-09-01T08:30:00"),
        ("2026-02-30", None),
        ("01/09/2026", None),
        ("2026-9-1", None),
        ("2026", None),
        (" 2026-09-01", None),
        ("٢٠٢٦-٠٩-٠١", None),
    ],
)
def test_dates(text: str, iso: str | None) -> None:
    """Dates are ISO 8601, with or without a time; other texts are not dates."""
    date = parse_date(text)

    assert (date.isoformat() if date else None) == iso
