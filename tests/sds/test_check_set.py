"""The story of a validation: formats, options, limits, and sets of the shape of the maker's samples."""

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdssync.errors import ConfigError
from sdssync.sds.check_set import CheckOptions, check_set
from sdssync.sds.checks.teams import Roles
from sdssync.sds.data_types import CLASS_ROLE
from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat
from tests.support.needs import needs_case_renames

FIXTURES = Path(__file__).parents[2] / "fixtures"
SETS = FIXTURES / "sds"


def _write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.mark.parametrize(
    ("name", "rows", "codes"),
    [
        pytest.param(
            "v2",
            {"orgs.csv": 5, "users.csv": 19, "classes.csv": 4, "enrollments.csv": 19},
            {"SDS210": 13, "SDS301": 2},
            id="v2",
        ),
        pytest.param(
            "v2.1",
            {
                "orgs.csv": 4,
                "users.csv": 8,
                "roles.csv": 7,
                "classes.csv": 2,
                "enrollments.csv": 6,
                "academicSessions.csv": 2,
                "courses.csv": 3,
                "demographics.csv": 3,
                "userFlags.csv": 3,
                "relationships.csv": 3,
            },
            {"SDS301": 1, "SDS306": 1},
            id="v2.1",
        ),
    ],
)
def test_sets_like_the_samples_are_valid(name: str, rows: dict[str, int], codes: dict[str, int]) -> None:
    """Sets with all that Microsoft's samples have are valid, and their files show the format."""
    report = check_set(SETS / name, CheckOptions(), display_name="shown")

    assert (report.valid, report.path, report.format, report.rows) == (True, "shown", name, rows)
    assert (report.codes, report.suppressed) == (codes, {})


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"roles": "", "users": "sourcedId,role\n"}, SdsFormat.V21, id="roles.csv"),
        pytest.param({"users": "sourcedId,username\n"}, SdsFormat.V21, id="users without role and org"),
        pytest.param({"users": "sourcedId,username,role\n"}, SdsFormat.V2, id="users with role"),
        pytest.param({"users": "sourcedId,username,orgSourcedIds\n"}, SdsFormat.V2, id="users with org"),
        pytest.param({"Roles": "", "orgs": ""}, SdsFormat.V2, id="names are compared with case"),
        pytest.param({"users": ""}, SdsFormat.V2, id="users without header"),
        pytest.param({}, SdsFormat.V2, id="nothing"),
    ],
)
def test_format_is_told_by_the_files(tmp_path: Path, files: dict[str, str], expected: SdsFormat) -> None:
    """roles.csv, or a users.csv without role and orgSourcedIds, means V2.1."""
    assert check_set(_write(tmp_path, **files), CheckOptions()).format == expected


BROKEN = {
    "orgs": "sourcedId,name,type\no1,Hartley School,school\n",
    "users": "sourcedId,orgSourcedIds,username,role\nu1,o1,ada@hartley.example,student\n",
    "classes": "sourcedId,orgSourcedId,title\nc1,o1,7A/Science\n",
    "enrollments": "classSourcedId,userSourcedId,role\nc1,u1,student\n" + "c1,u9,student\n" * 50,
}


@pytest.mark.parametrize(
    ("options", "codes", "valid"),
    [
        pytest.param({}, {"SDS206": 50, "SDS213": 49, "SDS301": 1, "SDS304": 1}, False, id="all"),
        pytest.param({"select": ("SDS3",)}, {"SDS301": 1, "SDS304": 1}, True, id="select a family"),
        pytest.param({"ignore": ("SDS20", "SDS213")}, {"SDS301": 1, "SDS304": 1}, True, id="ignore the error"),
        pytest.param({"select": ("SDS3", "SDS206"), "ignore": ("SDS30",)}, {"SDS206": 50}, False, id="both"),
    ],
)
def test_select_and_ignore(
    tmp_path: Path, options: dict[str, tuple[str, ...]], codes: dict[str, int], valid: bool
) -> None:
    """What is not selected, or is ignored, is not counted and makes no set invalid."""
    report = check_set(_write(tmp_path, **BROKEN), CheckOptions(**options))  # type: ignore[arg-type]  # from a table

    assert (report.codes, report.valid) == (codes, valid)


def test_a_flood_leaves_room_for_the_others(tmp_path: Path) -> None:
    """With few findings kept, each code is shown before any is shown often; all are counted."""
    report = check_set(_write(tmp_path, **BROKEN), CheckOptions(max_findings=6))

    shown = [finding.code for finding in report.findings]
    assert shown == ["SDS206", "SDS206", "SDS213", "SDS213", "SDS301", "SDS304"]
    assert report.counts["SDS206", Severity.ERROR] == 50
    assert [finding.line for finding in report.findings][:4] == [3, 4, 4, 5]


def test_the_worst_is_shown_first(tmp_path: Path) -> None:
    """With one finding kept of many codes, it is one of the worst."""
    report = check_set(_write(tmp_path, **{**BROKEN, "orgs": "sourcedId,name,type,x\n"}), CheckOptions(max_findings=1))

    assert {"SDS104", "SDS108", "SDS206"} <= report.codes.keys()
    assert [finding.code for finding in report.findings] == ["SDS108"]


def test_no_findings_are_kept_when_none_are_wanted(tmp_path: Path) -> None:
    """A limit of 0 keeps nothing and still counts."""
    report = check_set(_write(tmp_path, **BROKEN), CheckOptions(max_findings=0))

    assert report.findings == ()
    assert report.codes["SDS206"] == 50


def test_findings_show_cells_in_value_only(tmp_path: Path) -> None:
    """Messages and hints are free of cells; a long cell is cut, a password is not shown."""
    cell = "Secretive"
    files = {
        **BROKEN,
        "orgs": f"sourcedId,name,type,{cell}\no1,Hartley School,{cell * 100},\n",
        "users": f'sourcedId,orgSourcedIds,username,role,password\nu1,{cell},{cell},{cell},"{cell}\n"\n',
        "classes": f"sourcedId,orgSourcedId,title\n{cell}/,o1,{cell}/\n",
        "enrollments": f"classSourcedId,userSourcedId,role\n{cell},{cell},{cell}\n{cell},{cell},{cell}\n",
    }

    report = check_set(_write(tmp_path, **files), CheckOptions())

    assert {"SDS104", "SDS106", "SDS204", "SDS206", "SDS217", "SDS303", "SDS304"} <= report.codes.keys()
    assert not [finding for finding in report.findings if cell in finding.message + finding.hint]
    assert max(len(finding.value or "") for finding in report.findings) == 201
    assert [finding.value for finding in report.findings if finding.column == "password"] == [None]


@needs_case_renames
def test_near_misses_are_named(tmp_path: Path) -> None:
    """A reference that differs in case only says where the id is; a header and a file name likewise."""
    files = {
        **BROKEN,
        "users": "sourcedid,orgSourcedIds,username,role\nu1,o1,ada@hartley.example,student\n",
        "classes": "sourcedId,orgSourcedId,title\nc1,O1,Biology\n",
    }
    folder = _write(tmp_path, **files)
    (folder / "enrollments.csv").rename(folder / "Enrollments.csv")

    report = check_set(folder, CheckOptions())

    assert [finding.message for finding in report.findings] == [
        "enrollments.csv is missing; found Enrollments.csv, whose name differs in case",
        "the header sourcedId is missing; a header differs only in case or blanks",
        "orgSourcedId is not a sourcedId of orgs.csv; the one on line 2 there differs only in case",
    ]


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder that is not there is wrong usage, not a set with findings."""
    with pytest.raises(ConfigError):
        check_set(tmp_path / "absent", CheckOptions())


def test_what_is_no_role_is_not_remembered() -> None:
    """Roles are known by their spelling; any number of invalid ones take no memory."""
    roles = Roles(CLASS_ROLE)

    assert [roles[text] for text in ("Teacher", "teacher", "aide", "", *map(str, range(5000)))] == [
        "teacher", "teacher", "aide", *[""] * 5001,
    ]  # fmt: skip
    assert sorted(roles) == ["Teacher", "aide", "teacher"]


CELLS = {
    "orgs": [["o1", "o2", " o1", ""], ["Hartley"], ["school", "School", "shop"], ["", "o1", "o2", "o9"]],
    "users": [["u1", "u2", "U1", "u3", ""], ["o1", "o2", "o9", "o1,o2"], ["a@b.example", "A@b.example", "c"],
              ["student", "teacher", "pupil"], ["7", "07", "", "x"]],
    "classes": [["c1", "c2", "c 3"], ["o1", "o2"], ["Biology", "7/8", ""]],
    "enrollments": [["c1", "c2", "c9"], ["u1", "u2", "u3", "u9", ""], ["student", "teacher", "staff", "x"]],
}  # fmt: skip
HEADERS = {
    "orgs": ["sourcedId", "name", "type", "parentSourcedId"],
    "users": ["sourcedId", "orgSourcedIds", "username", "role", "grade"],
    "classes": ["sourcedId", "orgSourcedId", "title"],
    "enrollments": ["classSourcedId", "userSourcedId", "role"],
}
Rows = dict[str, list[list[str]]]
ANY_SET = st.fixed_dictionaries(
    {
        name: st.lists(st.tuples(*map(st.sampled_from, columns)).map(list), min_size=1, max_size=6)
        for name, columns in CELLS.items()
    }
)


def _as_csv(rows: list[list[str]], order: list[int]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([row[place] for place in order] for row in rows)
    return text.getvalue()


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ANY_SET, seed=st.integers())
def test_order_means_nothing(tmp_path: Path, rows: Rows, seed: int) -> None:
    """Rows and columns in another order give the same codes, severities and numbers, follow-ups included."""
    rng = random.Random(seed)  # noqa: S311  an order, not a secret
    plain, mixed = {}, {}
    for name, table in rows.items():
        order = list(range(len(HEADERS[name])))
        plain[name] = _as_csv([HEADERS[name], *table], order)
        mixed[name] = _as_csv([HEADERS[name], *rng.sample(table, len(table))], rng.sample(order, len(order)))

    one = check_set(_write(tmp_path / "one", **plain), CheckOptions())
    other = check_set(_write(tmp_path / "other", **mixed), CheckOptions())

    assert (one.counts, one.suppressed) == (other.counts, other.suppressed)
