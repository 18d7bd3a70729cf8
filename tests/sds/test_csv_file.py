"""Folders of CSV files as hostile input: always a finding or a clear error, never a traceback, never a wait."""

import csv
import io
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdssync.errors import ConfigError, SdsSyncError
from sdssync.sds.check_set import CheckOptions, check_set
from sdssync.sds.csv_bytes import DefectError
from sdssync.sds.csv_file import CsvFile, list_folder, open_csv
from sdssync.sds.findings import SetReport
from sdssync.sds.formats import SdsFormat
from sdssync.sds.quoteless import PIECE
from sdssync.sds.schema import FORMATS, File
from tests.support.needs import (
    needs_error_for_a_file_listed,
    needs_fifo,
    needs_limits,
    needs_proc,
    needs_root,
    needs_symlinks,
)

if sys.platform != "win32":
    import resource

UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]  # files are slow under Wine
V2_FILES = {
    "orgs.csv": b"sourcedId,name,type\r\no1,Hartley School,school\r\n",
    "users.csv": b"sourcedId,orgSourcedIds,username,role\r\nu1,o1,ada@hartley.example,student\r\n"
    b"u2,o1,ben@hartley.example,teacher\r\n",
    "classes.csv": b"sourcedId,orgSourcedId,title\r\nc1,o1,Biology 7\r\n",
    "enrollments.csv": b"classSourcedId,userSourcedId,role\r\nc1,u1,student\r\nc1,u2,teacher\r\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid V2 set."""
    for name, content in V2_FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def _check(folder: Path) -> SetReport:
    return check_set(folder, CheckOptions(format=SdsFormat.V2))


def _spots(report: SetReport) -> list[tuple[str, str, int | None]]:
    return [(finding.code, finding.file, finding.line) for finding in report.findings]


def _rows(file: CsvFile) -> list[tuple[int, list[str]]]:
    """All rows with their lines, whether they fit the header or not."""
    rows = [(line, list(row)) for block in file.blocks() for line, row in (*block.rows(), *block.uneven)]
    return sorted(rows)


USERS = V2_FILES["users.csv"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"\xef\xbb\xbf" + USERS, [("SDS113", 1)], id="byte-order mark"),
        pytest.param(b"\xef\xbb\xbf", [("SDS102", None)], id="byte-order mark and nothing else"),
        pytest.param(USERS.decode().encode("utf-16"), [("SDS105", 1)], id="UTF-16"),
        pytest.param(USERS.decode().encode("utf-16-be"), [("SDS105", 1)], id="UTF-16 without mark"),
        pytest.param(USERS.replace(b"ben", b"b\xe9n"), [("SDS105", 3)], id="Latin-1"),
        pytest.param(USERS + b"u3,o1,cleo@hartley.example,student\xc3", [("SDS105", 4)], id="cut within a character"),
        pytest.param(USERS.replace(b"ben", b"b\0n"), [("SDS105", 3)], id="NUL"),
        pytest.param(USERS.replace(b"\r\n", b"\n"), [], id="LF"),
        pytest.param(USERS.replace(b"\r\n", b"\r"), [], id="CR"),
        pytest.param(USERS.replace(b"\r\n", b"\n", 1), [], id="mixed line ends, LF first"),
        pytest.param(USERS.replace(b"\r\n", b"\r", 1), [], id="mixed line ends, CR first"),
        pytest.param(USERS + b"\r\n\r\n", [], id="empty lines at the end"),
        pytest.param(USERS.replace(b"\r\nu2", b"\r\n\r\nu2") + b",,,\r\n", [("SDS201", 5)], id="empty line between"),
        pytest.param(USERS.replace(b"ada@hartley.example", b'"ada@\r\nhartley.example"'), [("SDS106", 2)], id="break"),
        pytest.param(USERS.replace(b"ben@", b'"ben@'), [("SDS107", 3)], id="a quote that never closes"),
        pytest.param(USERS.replace(b"ben@", b'"b"en@'), [("SDS107", 3)], id="text behind a closing quote"),
        pytest.param(b'"sourcedId\r\n' + USERS, [("SDS107", 1)], id="a quote that never closes, in the header"),
        pytest.param(USERS.replace(b"ben", b"b" * 10_000_000), [("SDS107", 3)], id="10 MB in one field"),
        pytest.param(USERS.replace(b"ben", b'"' + b"b\n" * 5_000_000 + b'"'), [("SDS107", 3)], id="10 MB in quotes"),
        pytest.param(USERS.replace(b"u2", b"u2" + b"," * 10_000), [("SDS107", 3)], id="10,000 fields"),
        pytest.param(b"", [("SDS102", None)], id="empty"),
        pytest.param(b"\r\n" + USERS, [("SDS102", 1)], id="no header in the first line"),
        pytest.param(USERS.splitlines(keepends=True)[0], [("SDS108", None)], id="header only"),
        pytest.param(USERS.splitlines()[0], [("SDS108", None)], id="header only, without line end"),
    ],
)
def test_hostile_bytes(folder: Path, content: bytes, expected: list[tuple[str, int | None]]) -> None:
    """Each kind of broken file is a finding at the right line, and what follows from it is not."""
    (folder / "users.csv").write_bytes(content)

    report = _check(folder)

    assert _spots(report) == [(code, "users.csv", line) for code, line in expected]


@pytest.mark.slow
def test_10_000_columns(folder: Path) -> None:
    """Ten thousand unknown headers are counted, and as many listed as are wanted."""
    extra = b"".join(b",x%d" % number for number in range(10_000))
    (folder / "orgs.csv").write_bytes(b"sourcedId,name,type" + extra + b"\r\no1,Hartley School,school" + b"," * 10_000)

    report = _check(folder)

    assert report.codes == {"SDS104": 10_000}
    assert len(report.findings) == 1000


def test_folder_in_place_of_a_file(folder: Path) -> None:
    """A folder named users.csv is a missing file."""
    (folder / "users.csv").unlink()
    (folder / "users.csv").mkdir()

    report = _check(folder)

    assert _spots(report) == [("SDS101", "users.csv", None)]
    assert report.findings[0].message == "expected a file, found a folder of that name"


@needs_fifo
def test_pipe_in_place_of_a_file(folder: Path) -> None:
    """A pipe named users.csv is a missing file, and no reader waits for a writer."""
    (folder / "users.csv").unlink()
    os.mkfifo(folder / "users.csv")

    assert _spots(_check(folder)) == [("SDS101", "users.csv", None)]


@needs_symlinks
def test_links(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link to a file outside is read; one that leads nowhere, or to itself, is a missing file."""
    outside = tmp_path_factory.mktemp("outside") / "elsewhere.csv"
    (folder / "users.csv").rename(outside)
    (folder / "users.csv").symlink_to(outside)
    (folder / "orgs.csv").unlink()
    (folder / "orgs.csv").symlink_to("orgs.csv")
    (folder / "classes.csv").unlink()
    (folder / "classes.csv").symlink_to(outside.parent / "nothing.csv")

    report = _check(folder)

    assert _spots(report) == [("SDS101", "orgs.csv", None), ("SDS101", "classes.csv", None)]
    assert report.rows["users.csv"] == 2


@pytest.mark.parametrize("change", ["vanish", "shrink", "grow", "become a folder"])
def test_file_that_changes_while_it_is_read(folder: Path, change: str) -> None:
    """A file that vanishes, shrinks, grows or is replaced between two readings is a clear error."""
    path = folder / "users.csv"
    file = open_csv(path)

    if change == "vanish":
        path.unlink()
    elif change == "become a folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(USERS[:40] if change == "shrink" else USERS * 2)

    with pytest.raises((ConfigError, DefectError)):
        list(file.blocks())


def test_file_that_shrinks_under_the_reader(folder: Path) -> None:
    """A file that is cut while its rows are read is noticed at the end, wherever the cut is."""
    path = folder / "users.csv"
    row = b"u1,o1,ada@hartley.example,student\r\n"
    path.write_bytes(USERS + row * (3 * PIECE // len(row)))
    blocks = open_csv(path).blocks()

    next(blocks)
    os.truncate(path, len(USERS) + 2 * len(row))

    with pytest.raises(ConfigError, match="changed while it was read"):
        list(blocks)


def test_what_is_no_folder(folder: Path) -> None:
    """A folder that is not there is a ConfigError that says so."""
    with pytest.raises(ConfigError, match="found nothing"):
        list_folder(folder / "absent")


@needs_error_for_a_file_listed
def test_a_file_in_place_of_a_folder(folder: Path) -> None:
    """So is a file."""
    with pytest.raises(ConfigError, match="found a file"):
        list_folder(folder / "users.csv")


@needs_proc
def test_file_that_cannot_be_read(folder: Path) -> None:
    """A file that the system opens and does not read is a ConfigError that names it."""
    (folder / "users.csv").unlink()
    (folder / "users.csv").symlink_to("/proc/self/mem")

    with pytest.raises(ConfigError, match=r"users\.csv: cannot be read: Input/output error"):
        _check(folder)


@needs_root
@needs_proc
def test_file_that_gives_nothing_at_this_moment(folder: Path) -> None:
    """A file of the system that would be waited for is a ConfigError that names it."""
    (folder / "users.csv").unlink()
    (folder / "users.csv").symlink_to("/proc/kmsg")
    with suppress(BlockingIOError):  # what the kernel has said so far
        log = os.open("/proc/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        while os.read(log, 65_536):
            pass

    with pytest.raises(ConfigError, match=r"users\.csv: cannot be read: Resource temporarily unavailable"):
        _check(folder)


def test_defect_far_down_in_a_file(tmp_path: Path) -> None:
    """A quote that opens after thousands of rows is found, and nothing that refers to the file is blamed."""
    people = "".join(f'"u{number}",user{number}@hartley.example,,\r\n' for number in range(5000))
    files = {
        "orgs": "sourcedId,name,type\r\no1,Hartley School,school\r\n",
        "users": f'sourcedId,username,familyName,givenName\r\n{people}"u5000,ada@hartley.example,,\r\n',
        "roles": "userSourcedId,orgSourcedId,role\r\nu1,o1,student\r\nu4999,o1,student\r\nu9999,o1,student\r\n",
        "relationships": "userSourcedId,relationshipUserSourcedId,relationshipRole\r\nu1,u2,guardian\r\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")

    report = check_set(tmp_path, CheckOptions(select=("SDS1", "SDS206", "SDS211")))

    assert _spots(report) == [("SDS107", "users.csv", 5002)]
    assert report.rows["users.csv"] == 5000


@pytest.mark.slow
@needs_limits
def test_memory_follows_the_ids(tmp_path: Path) -> None:
    """Many rows about few ids, and rows of very many fields, take little memory."""
    for name, content in V2_FILES.items():
        (tmp_path / name).write_bytes(content)
    wide = b"c1" + b"," * 60_000 + b"\r\n"
    with (tmp_path / "enrollments.csv").open("ab") as file:
        for _ in range(400):
            file.write(wide)
            file.write(b"c1,u1,student\r\n" * 400)
    limit = 160 * 1024 * 1024
    code = "import sys; from pathlib import Path; from sdssync.sds.check_set import *\n"
    code += "print(check_set(Path(sys.argv[1]), CheckOptions()).codes)"

    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )

    assert result.stderr == ""
    assert result.stdout == "{'SDS107': 400, 'SDS213': 160000}\n"


CELL = st.text(alphabet="ab1 é;'", max_size=4)
TABLE = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1))


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=UNHURRIED, deadline=None)
@given(rows=TABLE, ends=st.sampled_from(["\r\n", "\n", "\r"]), torn=st.booleans(), quoted=st.booleans())
def test_rows_are_those_of_csv_reader(
    tmp_path: Path, rows: list[list[str]], ends: str, torn: bool, quoted: bool
) -> None:
    """Whatever the line ends, quotes and widths: rows and lines are those of csv.reader."""
    text = io.StringIO()
    csv.writer(text, lineterminator=ends, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    content = text.getvalue() + (f"a,b,c,d,e{ends}{ends}" if torn else "")
    (tmp_path / "some.csv").write_text(content, encoding="utf-8", newline="")
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    expected = [(reader.line_num, row) for row in reader]
    if not expected[0][1]:
        return

    file = open_csv(tmp_path / "some.csv")

    assert list(file.header) == expected[0][1]
    assert _rows(file) == [(line, row) for line, row in expected[1:] if row]


FRAGMENTS = st.sampled_from([*b'\r\n",;\0\xff\xc3\xa9 aou1', *b'"""', *b",,,", *b"\r\n\r\n"]).map(
    lambda byte: bytes([byte])
)
PIECES = st.sampled_from(sorted(set(b",".join(V2_FILES.values()).replace(b"\r\n", b",").split(b","))))


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=UNHURRIED, deadline=None)
@given(
    target=st.sampled_from(FORMATS[SdsFormat.V21].files),
    content=st.one_of(st.binary(max_size=200), st.lists(st.one_of(FRAGMENTS, PIECES), max_size=60).map(b"".join)),
    keep_header=st.booleans(),
    sds_format=st.sampled_from([None, *SdsFormat]),
)
def test_fuzzed_bytes(
    folder: Path, target: File, content: bytes, keep_header: bool, sds_format: SdsFormat | None
) -> None:
    """Whatever the bytes, a check reports or raises one of our errors."""
    file = target.name
    header = ",".join(column.name for column in target.columns).encode() + b"\r\n"
    for path in folder.iterdir():
        path.unlink()
    for other, valid in V2_FILES.items():
        (folder / other).write_bytes(valid)
    (folder / file).write_bytes(header + content if keep_header else content)

    try:
        report = check_set(folder, CheckOptions(format=sds_format))
    except SdsSyncError:
        return

    assert sum(report.counts.values()) >= len(report.findings)
    for finding in report.findings:
        finding.message.encode("utf-8")
        (finding.value or "").encode("utf-8")
