"""Files of `profiles.d`, each alone and compared with the others."""

import json
import os
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from sdssync.config.installation import Installation, load
from sdssync.config.profile import Profile
from sdssync.config.schema import ProfileModel, SettingsModel, json_schemas
from sdssync.config.shape import known_keys
from sdssync.config.template import Template
from sdssync.errors import ConfigError
from sdssync.files.names import name_fault
from sdssync.files.paths import is_foreign, resolve
from sdssync.sds.formats import SdsFormat
from tests.support.installation import SETTINGS, install
from tests.support.needs import needs_any_file_name, needs_error_for_a_file_listed, needs_posix_paths, needs_symlinks

ROOT = Path(__file__).parents[2]


def wrong_files(installation: Installation) -> dict[str, list[str]]:
    """Return the mistakes of each profile file that has any."""
    return {file.displayed: [str(mistake) for mistake in file.mistakes] for file in installation.school.wrong}


def test_every_key(tmp_path: Path) -> None:
    """A file with every key becomes a profile."""
    config = install(
        tmp_path,
        seniors="""
            name = "Senior School"
            format = "v2.1"
            year_groups = [20, -5, 0]
            suffix = " - 26/27"
            output = "csv/Seniors/"
            expires = 2027-07-31
            title = "{subject_name} {set_code}{suffix}"
            class_id = "{set_id}{suffix}"
            parity = false
            [subjects]
            exclude = [7, 15]
            include = [52, 0]
            [teachers]
            extra = ["deputyhead@myschool.example", "it-*@myschool.example"]
            [validate]
            select = ["SDS", "SDS2"]
            ignore = ["SDS301"]
        """,
    )

    assert load(config).school.profiles == (
        Profile(
            name="Senior School",
            file=tmp_path / "profiles.d" / "seniors.toml",
            format=SdsFormat.V21,
            year_groups=(20, -5, 0),
            suffix=" - 26/27",
            output=tmp_path / "csv" / "Seniors",
            output_as_written="csv/Seniors/",
            expires=date(2027, 7, 31),
            title=Template.parse("{subject_name} {set_code}{suffix}"),
            class_id=Template.parse("{set_id}{suffix}"),
            parity=False,
            include=("52", "0"),
            exclude=("7", "15"),
            extra_teachers=("deputyhead@myschool.example", "it-*@myschool.example"),
            select=("SDS", "SDS2"),
            ignore=("SDS301",),
        ),
    )


def test_defaults(tmp_path: Path) -> None:
    """A profile needs an output, and nothing else."""
    config = install(tmp_path, seniors='output = "csv/Seniors"')

    assert load(config).school.profiles == (
        Profile(
            name="seniors",
            file=tmp_path / "profiles.d" / "seniors.toml",
            format=SdsFormat.V2,
            year_groups=tuple(range(14)),
            suffix="",
            output=tmp_path / "csv" / "Seniors",
            output_as_written="csv/Seniors",
            expires=None,
            title=Template.parse("{set_code}{suffix}"),
            class_id=Template.parse("{set_id}"),
            parity=False,
            include=None,
            exclude=(),
            extra_teachers=(),
            select=(),
            ignore=(),
        ),
    )


YEAR = "expected a whole number from -5 to 20, found"
SUBJECT = "expected the id of a subject, a whole number like 7, found"
NAME = "name: expected a name that Windows and Linux accept for a file, found"
TEXT = "expected a text in quotes, found"
ONCE = "expected each value once, found"
AGAIN = "it is in the list already"
NONE = "expected at least one value (or leave the key out), found an empty list"
TEMPLATE = "expected a template in quotes, found"
STRAY = "{ is not closed; double it to mean the character"
KEYS = (
    "name, format, year_groups, suffix, output, expires, title, class_id, parity, org, subjects, teachers, classes,"
    " groups, validate, safety, upload"
)
BACKSLASH = r"in double quotes a backslash begins an escape; write paths in single quotes, like 'C:\SDS\csv'"
ALONE = "output: expected a folder for the CSV files alone, found"
DAY = "expires: expected a date without quotes and without a time, like 2027-07-31, found"
CODE = 'expected a rule code or the beginning of one, like "SDS301", found'
ALLOWED = "{set_id} {set_code} {set_name} {subject_code} {subject_name} {year_group} {suffix}"
UNSEEN = r"it holds control characters; \n, \t, \b, \f and \r in double quotes mean these, so use single quotes"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("year_groups = []", [f"year_groups: {NONE}"], id="no year"),
        pytest.param("year_groups = 7", ["year_groups: expected a list in square brackets, found 7"], id="a bare year"),
        pytest.param("year_groups = [true]", [f"year_groups[0]: {YEAR} true"], id="true is not a year"),
        pytest.param("year_groups = [7.0]", [f"year_groups[0]: {YEAR} 7.0"], id="7.0 is not a year"),
        pytest.param('year_groups = ["7"]', [f'year_groups[0]: {YEAR} "7"'], id="a text is not a year"),
        pytest.param(
            "year_groups = [-6, 21]", [f"year_groups[0]: {YEAR} -6", f"year_groups[1]: {YEAR} 21"], id="out of range"
        ),
        pytest.param(
            f"year_groups = [0x{'f' * 5000}]", [f"year_groups[0]: {YEAR} a number"], id="a number without end"
        ),
        pytest.param(
            "year_groups = [7, 8, 7, 7]",
            [
                f"year_groups[2]: {ONCE} 7: {AGAIN}",
                f"year_groups[3]: {ONCE} 7: {AGAIN}",
            ],
            id="a year twice",
        ),
        pytest.param('format = "v3"', ['format: expected "v2" or "v2.1", found "v3"'], id="unknown format"),
        pytest.param("format = 2.1", ['format: expected "v2" or "v2.1", found 2.1'], id="format as a number"),
        pytest.param("suffix = 2026", [f"suffix: {TEXT} 2026"], id="suffix as a number"),
        pytest.param(
            'suffix = "a\\nb"',
            [f"suffix: {TEXT} a text: it contains line breaks or control characters"],
            id="two-line suffix",
        ),
        pytest.param("expires = 2027-07-31T10:00:00", [f"{DAY} a date with a time"], id="a date with a time"),
        pytest.param('expires = "2027-07-31"', [f'{DAY} "2027-07-31"'], id="a date in quotes"),
        pytest.param("expires = 10:00:00", [f"{DAY} a time"], id="a time"),
        pytest.param(
            "parity = 1", ["parity: expected true or false, without quotes, found 1"], id="parity as a number"
        ),
        pytest.param(
            'title = "{pupil}"',
            [f'title: {TEMPLATE} "{{pupil}}": no placeholder is called {{pupil}} (allowed: {ALLOWED})'],
            id="unknown placeholder",
        ),
        pytest.param(
            'class_id = "{"',
            [
                f'class_id: {TEMPLATE} "{{": {STRAY} (allowed: {ALLOWED})',
            ],
            id="open brace",
        ),
        pytest.param('title = ""', ['title: expected a template in quotes, found "": it is empty'], id="empty title"),
        pytest.param("subjects = [7]", ["subjects: expected a table, found a list"], id="subjects as a list"),
        pytest.param("[subjects]\nexclude = []", [f"subjects.exclude: {NONE}"], id="nothing excluded"),
        pytest.param("[subjects]\ninclude = []", [f"subjects.include: {NONE}"], id="nothing included"),
        pytest.param(
            '[subjects]\nexclude = [-1, 7.5, true, "", "7"]',
            [
                f"subjects.exclude[0]: {SUBJECT} -1",
                f"subjects.exclude[1]: {SUBJECT} 7.5",
                f"subjects.exclude[2]: {SUBJECT} true",
                f'subjects.exclude[3]: {SUBJECT} ""',
                f'subjects.exclude[4]: {SUBJECT} "7"',
            ],
            id="no subject ids",
        ),
        pytest.param(
            "[subjects]\ninclude = [7, 52, 7]",
            [f"subjects.include[2]: {ONCE} 7: {AGAIN}"],
            id="one subject, written twice",
        ),
        pytest.param(
            '[subjects]\nexclude = ["head@myschool.example"]\n[validate]\nselect = ["head@myschool.example"]',
            [f"subjects.exclude[0]: {SUBJECT} a text", f"validate.select[0]: {CODE} a text"],
            id="an address is not shown",
        ),
        pytest.param("[teachers]\nextra = []", [f"teachers.extra: {NONE}"], id="no teacher"),
        pytest.param(
            '[teachers]\nextra = "head@myschool.example"',
            ["teachers.extra: expected a list in square brackets, found a text"],
            id="a bare teacher, not shown",
        ),
        pytest.param(
            '[teachers]\nextra = [1, "", "head@a.example", "HEAD@a.example"]',
            [
                f"teachers.extra[0]: {TEXT} a number",
                f"teachers.extra[1]: {TEXT} a text: it is empty",
                f"teachers.extra[3]: {ONCE} a text: {AGAIN}",
            ],
            id="a teacher twice, without regard to case",
        ),
        pytest.param("[validate]\nselect = []", [f"validate.select: {NONE}"], id="no rule selected"),
        pytest.param(
            "[validate]\nselect = ['SDS9']", [f'validate.select[0]: {CODE} "SDS9": no rule has this code'], id="no rule"
        ),
        pytest.param(
            '[validate]\nignore = ["SDS3011", "sds3", "SDS301", "SDS301"]',
            [
                f'validate.ignore[0]: {CODE} "SDS3011"',
                f'validate.ignore[1]: {CODE} "sds3"',
                f'validate.ignore[3]: {ONCE} "SDS301": {AGAIN}',
            ],
            id="no codes",
        ),
        pytest.param(
            "exclude = [7]",
            ['exclude: unknown key here, did you mean "exclude" in [subjects]?'],
            id="in no table",
        ),
        pytest.param(
            "[subjects]\nexpires = 2027-07-31",
            ['subjects.expires: unknown key here, did you mean "expires", which belongs before the first [table]?'],
            id="below a table",
        ),
        pytest.param(
            "[subjects]\nexlcude = [7]",
            ['subjects.exlcude: unknown key, did you mean "exclude"? (allowed: exclude, include)'],
            id="misspelt",
        ),
        pytest.param(
            '[subjects]\nname = "Seniors"',
            ['subjects.name: unknown key here, did you mean "name", which belongs before the first [table]?'],
            id="after a table, and the name of a key in another one",
        ),
        pytest.param(
            '[teacher]\nextra = ["head@myschool.example"]',
            [
                f'teacher: unknown key, did you mean "teachers"? (allowed: {KEYS})',
            ],
            id="misspelt table, nothing of it shown",
        ),
        pytest.param('name = ""', [f'{NAME} "": it is empty'], id="empty name"),
        pytest.param('name = ".."', [f'{NAME} "..": it begins with a dot or a dash'], id="the folder above"),
        pytest.param('name = "a/b"', [f'{NAME} "a/b": it holds a path separator'], id="separator"),
        pytest.param('name = "NUL.txt"', [f'{NAME} "NUL.txt": Windows reserves it for a device'], id="device"),
        pytest.param("name = 7", [f"{NAME} 7"], id="name as a number"),
    ],
)
def test_mistakes(tmp_path: Path, content: str, expected: list[str]) -> None:
    """A mistake is reported with its key, what was expected and what was found; the other profile runs."""
    config = install(tmp_path, a=f'output = "csv/A"\n{content}', b='output = "csv/B"')

    installation = load(config)

    assert wrong_files(installation) == {"profiles.d/a.toml": expected}
    assert [profile.name for profile in installation.school.profiles] == ["b"]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param("", "output: required, but missing", id="none"),
        pytest.param('output = ""', 'output: expected a path in quotes, found "": it is empty', id="empty"),
        pytest.param(
            'output = "C:\\new"', f"output: expected a path in quotes, found a text: {UNSEEN}", id="line break"
        ),
        pytest.param(
            'output = "C:\\SDS\\csv"',
            f"is not valid TOML, line 1, column 15: {BACKSLASH}",
            id="backslash",
        ),
        pytest.param(
            "output = 'C:csv'",
            'output: expected a path in quotes, found "C:csv": after a drive letter and its colon,'
            r" \ or / must follow",
            id="relative to a drive",
        ),
        pytest.param('output = "/"', f"{ALONE} a drive or root", id="root"),
        pytest.param(r"output = 'c:\'", f"{ALONE} a drive or root", id="drive"),
        pytest.param('output = "state/published"', f"{ALONE} one inside the state folder", id="in the state"),
        *(
            pytest.param(
                f'output = "csv/{name}"',
                f"{ALONE} one named like a set that is being built",
                id=name,
            )
            for name in (".S.sdssync-new", ".S.sdssync-OLD")
        ),
        pytest.param(
            "output = 'C:/'",
            f"{ALONE} a drive or root",
            id="drive with /",
        ),
        pytest.param(
            "output = '\\\\server\\share'",
            f"{ALONE} a drive or root",
            id="share",
        ),
        *(
            pytest.param(
                f'output = "{folder}"',
                f"{ALONE} one that is or contains the folder of the {what}",
                id=folder,
            )
            for folder, what in [
                (".", "settings"),
                ("..", "settings"),
                ("csv/..", "settings"),
                ("state", "state"),
                ("STATE", "state"),
                ("profiles.d/.", "profiles"),
            ]
        ),
    ],
)
def test_wrong_output(tmp_path: Path, output: str, expected: str) -> None:
    """A folder that publishing would replace together with our own files is refused."""
    config = install(tmp_path, a=output, b='output = "csv/B"')

    installation = load(config)

    assert wrong_files(installation) == {"profiles.d/a.toml": [expected]}
    assert [profile.name for profile in installation.school.profiles] == ["b"]


@needs_symlinks
def test_wrong_output_through_a_link(tmp_path: Path) -> None:
    """A link to such a folder is refused as the folder itself is."""
    (tmp_path / "link").symlink_to(tmp_path)
    config = install(tmp_path, a='output = "link"')

    assert wrong_files(load(config)) == {
        "profiles.d/a.toml": [f"{ALONE} one that is or contains the folder of the settings"]
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(
            'name = "Seniors"\noutput = "csv/A"',
            'name = "sENIORS"\noutput = "csv/B"',
            ("name: expected a name of its own, found that of {}",) * 2,
            id="one name",
        ),
        pytest.param(
            'name = "B"\noutput = "csv/A"',
            'output = "csv/B"',
            ("name: expected a name of its own, found that of {}",) * 2,
            id="the name of a file",
        ),
        pytest.param(
            'output = "csv/A"',
            'output = "CSV/x/../a/"',
            ("output: expected a folder of its own, found the output of {}",) * 2,
            id="one folder",
        ),
        pytest.param(
            "output = 'csv\\A'",
            'output = "csv/A. "',
            ("output: expected a folder of its own, found the output of {}",) * 2,
            id="one on Windows",
        ),
        pytest.param(
            r"output = 'C:\SDS\A'",
            "output = 'c:/sds/a/'",
            ("output: expected a folder of its own, found the output of {}",) * 2,
            id="one on a drive",
        ),
        pytest.param(
            'output = "csv"',
            'output = "CSV/A/B"',
            (
                "output: expected a folder of its own, found one that contains the output of {}",
                "output: expected a folder of its own, found one inside the output of {}",
            ),
            id="one in the other",
        ),
        pytest.param(
            r"output = 'C:\SDS'",
            r"output = 'C:\SDS\A'",
            (
                "output: expected a folder of its own, found one that contains the output of {}",
                "output: expected a folder of its own, found one inside the output of {}",
            ),
            id="one in the other on a drive",
        ),
    ],
)
def test_conflicts(tmp_path: Path, one: str, other: str, expected: tuple[str, str]) -> None:
    """Neither of two profiles in conflict runs; a third one does."""
    config = install(tmp_path, a=one, b=other, c='output = "csv2/C"')

    installation = load(config)

    assert wrong_files(installation) == {
        "profiles.d/a.toml": [expected[0].format("profiles.d/b.toml")],
        "profiles.d/b.toml": [expected[1].format("profiles.d/a.toml")],
    }
    assert [profile.name for profile in installation.school.profiles] == ["c"]


def test_many_in_conflict(tmp_path: Path) -> None:
    """Each of many in conflict is wrong, and names a few of the others."""
    same = {f"p{number:02}": 'name = "Same"\noutput = "csv/A"' for number in range(50)}
    inside = {f"q{number:02}": f'output = "csv/A/{number}"' for number in range(50)}

    wrong = wrong_files(load(install(tmp_path, SETTINGS, **same, **inside)))

    assert len(wrong) == 100
    assert max(map(len, wrong.values())) <= 100
    assert wrong["profiles.d/p01.toml"][:2] == [
        "name: expected a name of its own, found that of profiles.d/p00.toml",
        "output: expected a folder of its own, found the output of profiles.d/p00.toml",
    ]
    assert (
        "output: expected a folder of its own, found one inside the output of profiles.d/p49.toml"
        in (wrong["profiles.d/q07.toml"])
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            f"[teachers]\nextra = {[f'{number}*' for number in range(101)]}",
            "teachers.extra: expected at most 100 entries with a wildcard, found 101",
            id="wildcards",
        ),
        pytest.param(
            f'[teachers]\nextra = ["{"*a" * 501}"]',
            "teachers.extra[0]: expected a text in quotes, found a text: it has more than 1,000 characters",
            id="an address",
        ),
        pytest.param(
            f'title = "{"{set_name}" * 101}"',
            "title: expected a template in quotes, found a text of 1010 characters: it has more than 1,000 characters",
            id="a template",
        ),
    ],
)
def test_more_than_any_school_has(tmp_path: Path, content: str, expected: str) -> None:
    """What would multiply with the people of a school has a limit that none of them meets."""
    config = install(tmp_path, SETTINGS, a=f'output = "csv/A"\n{content}')

    assert wrong_files(load(config)) == {"profiles.d/a.toml": [expected]}


def test_conflict_with_a_wrong_profile(tmp_path: Path) -> None:
    """A file with other mistakes still claims its output."""
    config = install(tmp_path, a='output = "csv/A"', b='output = "csv/A"\nparity = 1')

    assert wrong_files(load(config)) == {
        "profiles.d/a.toml": ["output: expected a folder of its own, found the output of profiles.d/b.toml"],
        "profiles.d/b.toml": [
            "parity: expected true or false, without quotes, found 1",
            "output: expected a folder of its own, found the output of profiles.d/a.toml",
        ],
    }


def test_similar_folders_do_not_conflict(tmp_path: Path) -> None:
    """Two folders whose names begin alike are not in conflict."""
    config = install(tmp_path, a='output = "csv/Senior"', b='output = "csv/Seniors"')

    assert [profile.name for profile in load(config).school.profiles] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "include_names", "expected"),
    [
        pytest.param('format = "v2.1"', "false", ['format "v2.1"'], id="v2.1"),
        pytest.param('title = "{set_code}{suffix}"', "false", ["title"], id="title, even the default one"),
        pytest.param('class_id = "{set_id}"', "false", ["class_id"], id="class_id"),
        pytest.param("", "true", ["include_names, which is true in the settings"], id="include_names"),
        pytest.param('format = "v2.1"\ntitle = "{set_id}"', "false", ['format "v2.1"', "title"], id="two"),
    ],
)
def test_parity_excludes_other_keys(tmp_path: Path, content: str, include_names: str, expected: list[str]) -> None:
    """A parity profile has nothing that iSAMS-SDS.ps1 does not have."""
    settings = SETTINGS.replace("[isams]", f"include_names = {include_names}\n[isams]")
    config = install(tmp_path, settings, a=f'output = "csv/A"\nparity = true\n{content}')

    assert wrong_files(load(config)) == {
        "profiles.d/a.toml": [f"parity: expected false together with {what}, found true" for what in expected]
    }


def test_parity_may_repeat_a_teacher(tmp_path: Path) -> None:
    """In a parity profile each listing of a teacher counts."""
    config = install(
        tmp_path,
        a='output = "csv/A"\nparity = true\n[teachers]\nextra = ["x@a.example", "X@a.example", "x@a.example"]',
    )

    assert load(config).school.profiles[0].extra_teachers == ("x@a.example", "X@a.example", "x@a.example")


@needs_symlinks
def test_files_that_are_not_profiles(tmp_path: Path) -> None:
    """A file that cannot be read is named by its stem; one that is not .toml, or begins with a dot, is ignored."""
    config = install(tmp_path, good='output = "csv/A"', Torn='output = "x', Latin=b'suffix = "\xe9"')
    folder = tmp_path / "profiles.d"
    (folder / "Folder.toml").mkdir()
    (folder / "Gone.TOML").symlink_to(folder / "nowhere")
    (folder / ".off.toml").write_text("?", encoding="utf-8")
    (folder / "good.toml.bak").write_text("?", encoding="utf-8")

    installation = load(config)

    assert [profile.name for profile in installation.school.profiles] == ["good"]
    assert [(file.name, str(file.mistakes[0])) for file in installation.school.wrong] == [
        ("Folder", "expected a file, found a folder"),
        ("Gone", "expected a file, found none"),
        ("Latin", "line 1: expected UTF-8 text, found other bytes; save the file as UTF-8"),
        ("Torn", "is not valid TOML, at its end: a text lacks its closing quote"),
    ]


@needs_any_file_name
def test_file_name(tmp_path: Path) -> None:
    """The name of the file has to be safe even where the profile has another."""
    config = install(tmp_path, aux='name = "Seniors"\noutput = "csv/A"')

    assert wrong_files(load(config)) == {
        "profiles.d/aux.toml": ["expected a file name that Windows and Linux accept: Windows reserves it for a device"]
    }


@needs_any_file_name
def test_file_name_that_is_not_text(tmp_path: Path) -> None:
    """A file name that is not UTF-8 is shown without the bytes that are not."""
    config = install(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path / "profiles.d") + b"/\xe9\n.toml")).write_text(
        'output = "a"', encoding="utf-8"
    )

    [one] = load(config).school.wrong

    assert (one.name, one.displayed) == (
        "\N{REPLACEMENT CHARACTER}" * 2,
        "profiles.d/" + "\N{REPLACEMENT CHARACTER}" * 2 + ".toml",
    )


BLANK = "it begins or ends with white space"
DEVICE = "Windows reserves it for a device"
FORBIDDEN = 'it holds one of < > : " | ? *'
START = "it begins with a dot or a dash"
INVISIBLE = "it holds control or invisible characters"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Seniors 2026.27", ""),
        ("Grande École", ""),
        ("console", ""),
        ("COM10", ""),
        ("x" * 60, ""),
        ("", "it is empty"),
        (" ", "it is empty"),
        (".", START),
        ("..", START),
        ("head@school.example", "it holds an @, like an address; names appear in logs and file names"),
        (".hidden", START),
        ("-v", START),
        ("a/b", "it holds a path separator"),
        ("a\\b", "it holds a path separator"),
        ("a:b", FORBIDDEN),
        ("a*", FORBIDDEN),
        ("a?", FORBIDDEN),
        ("<a>", FORBIDDEN),
        ("a|b", FORBIDDEN),
        ('a"b', FORBIDDEN),
        ("a.", "it ends with a dot"),
        ("a ", BLANK),
        (" a", BLANK),
        ("a\nb", INVISIBLE),
        ("a\x00", INVISIBLE),
        ("a\u202eb", INVISIBLE),
        ("con", DEVICE),
        ("Aux.log", DEVICE),
        ("NUL .txt", DEVICE),
        ("COM1", DEVICE),
        ("lpt\u00b2", DEVICE),
        ("CONIN$", DEVICE),
        ("x" * 61, "it has more than 60 characters"),
    ],
)
def test_names(name: str, fault: str) -> None:
    """A name is safe as a file, a folder and a log entry, on Windows and on Linux."""
    assert name_fault(name) == fault


@needs_posix_paths
def test_windows_paths_elsewhere(tmp_path: Path) -> None:
    """A path with a drive is foreign and is not taken apart; a relative one works everywhere."""
    assert [is_foreign(text) for text in ("C:\\SDS", "c:/SDS", "\\\\server\\share\\x", "csv\\A", "/csv", "C:x")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert resolve(tmp_path, "C:/SDS/x/../csv/").name == "C:\\SDS\\csv"
    assert resolve(tmp_path, "csv\\A") == tmp_path / "csv" / "A"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("none", "expected a folder, found none; create it or name another"),
        pytest.param("file", "expected a folder, found a file", marks=needs_error_for_a_file_listed),
    ],
)
def test_no_folder_of_profiles(tmp_path: Path, kind: str, expected: str) -> None:
    """A missing folder of profiles stops everything."""
    config = install(tmp_path)
    (tmp_path / "profiles.d").rmdir()
    if kind == "file":
        (tmp_path / "profiles.d").write_text("", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(config)

    assert caught.value.message == f"sdssync.toml has 1 mistake\n  paths.profiles: {expected}"


def test_no_profile(tmp_path: Path) -> None:
    """An installation without profiles can be loaded, but not run."""
    installation = load(install(tmp_path))

    with pytest.raises(ConfigError) as caught:
        installation.school.require_profiles()

    assert str(caught.value) == "there is no profile: profiles.d contains no .toml file (`sdssync new NAME` writes one)"


def test_a_profile_with_mistakes_is_a_profile(tmp_path: Path) -> None:
    """An installation whose only profile has mistakes is not without profiles: the mistakes are reported instead."""
    installation = load(install(tmp_path, a="?"))

    installation.school.require_profiles()

    assert list(wrong_files(installation)) == ["profiles.d/a.toml"]


def test_demo() -> None:
    """The installation of the demo has no mistakes."""
    installation = load(ROOT / "sdssync.toml")

    assert installation.school.wrong == ()
    assert [
        (one.name, one.year_groups, one.include, one.exclude, one.output) for one in installation.school.profiles
    ] == [
        ("Prep", (0, 1, 2, 3, 4, 5, 6), ("52",), (), ROOT / "csv" / "Prep"),
        ("School", tuple(range(14)), None, (), ROOT / "csv" / "School"),
        ("Seniors", (7, 8, 9, 10, 11, 12, 13), None, ("7", "15", "16", "47"), ROOT / "csv" / "Seniors"),
    ]


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("sdssync.schema.json", "sdssync.toml"),
        ("profile.schema.json", "profiles.d/seniors.toml"),
        ("profile.schema.json", "profiles.d/prep.toml"),
    ],
)
def test_schemas_for_editors(schema: str, file: str) -> None:
    """The JSON Schemas are schemas, and accept the demo's files."""
    document = json.loads(json.dumps(tomllib.loads((ROOT / file).read_text(encoding="utf-8")), default=str))
    validator = jsonschema.Draft202012Validator(json_schemas()[schema])

    validator.check_schema(validator.schema)
    validator.validate(document)


@pytest.mark.parametrize(
    ("model", "file"),
    [(SettingsModel, "sdssync.toml"), (ProfileModel, "profiles.d/NAME.toml")],
    ids=["settings", "profile"],
)
def test_every_key_is_documented(model: type[SettingsModel] | type[ProfileModel], file: str) -> None:
    """docs/profiles.md explains every key under its file, and no other."""
    text = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    _, _, section = text.partition(f"## `{file}`\n")
    rows = [line.split("`")[1] for line in section.partition("\n## ")[0].split("\n") if line.startswith("| `")]

    assert rows == [
        key
        for key in known_keys(model)
        if key not in {field.split(".")[0] for field in known_keys(model) if "." in field}
    ]


@pytest.mark.parametrize("number", [0, 1], ids=["settings", "profile"])
def test_annotated_examples(tmp_path: Path, number: int) -> None:
    """The complete examples of docs/profiles.md have no mistakes."""
    text = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    examples = [block.partition("\n```")[0] for block in text.split("```toml\n# complete: ")[1:]]
    examples = [example.partition("\n")[2] for example in examples]

    installation = load(install(tmp_path, examples[0], seniors=examples[1]))

    assert (installation.school.wrong, len(examples)) == ((), 2)
    assert set(tomllib.loads(examples[number])) >= set((SettingsModel, ProfileModel)[number].model_fields) - {
        "validation",
    }
