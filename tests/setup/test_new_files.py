"""The first files that `init` and `new` write."""

import os
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from sdssync.config.installation import load
from sdssync.errors import ConfigError, OutputError
from sdssync.sds.formats import SdsFormat
from sdssync.setup.new_files import init, new_profile
from sdssync.setup.profile_text import ProfileOptions, parse_years
from tests.support.installation import install, remote_source
from tests.support.needs import needs_symlinks

TODAY = date(2026, 9, 1)


def files(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, hidden ones too."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_init(tmp_path: Path) -> None:
    """A first installation has no mistakes, has comments, and is ready for profiles."""
    config = tmp_path / "new" / "sdssync.toml"

    made = init(config)

    assert made == (config, tmp_path / "new" / "profiles.d")
    assert sorted(files(tmp_path)) == ["new/sdssync.toml"]
    text = config.read_text(encoding="utf-8")
    assert sum(line.startswith("#") for line in text.split("\n")) >= 8
    settings = load(config).school.settings
    assert (settings.identity.id, settings.folders.profiles) == ("0000000", tmp_path / "new" / "profiles.d")
    assert settings.source == remote_source(
        "https://isams.myschool.example",
        api_key_env=None,
        api_key_file=tmp_path / "new" / "secrets" / "isams.key",
    )


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    """An existing settings file is not touched, nor is a folder of profiles."""
    config = install(tmp_path, "# mine", a="# mine too")
    before = files(tmp_path)

    with pytest.raises(ConfigError) as caught:
        init(config)

    assert caught.value.message == f"{config} already exists and was not changed"
    assert files(tmp_path) == before


def test_init_next_to_profiles(tmp_path: Path) -> None:
    """An existing folder of profiles is used."""
    (tmp_path / "profiles.d").mkdir()

    assert init(tmp_path / "sdssync.toml") == (tmp_path / "sdssync.toml",)


@needs_symlinks
def test_a_dangling_link_is_a_file(tmp_path: Path) -> None:
    """A link to nowhere is not written through."""
    (tmp_path / "sdssync.toml").symlink_to(tmp_path / "elsewhere.toml")

    with pytest.raises(ConfigError, match="already exists"):
        init(tmp_path / "sdssync.toml")

    assert files(tmp_path) == {}


def test_nowhere_to_write(tmp_path: Path) -> None:
    """A folder that cannot be created is an output error."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(OutputError) as caught:
        init(tmp_path / "file" / "sdssync.toml")

    folder = tmp_path / "file" / "profiles.d"
    assert caught.value.message.startswith(f"the folder {folder} cannot be created: ")


def test_a_file_is_complete_or_missing(tmp_path: Path) -> None:
    """A file that cannot be written does not exist afterwards."""
    config = install(tmp_path)
    (tmp_path / "profiles.d" / ".a.toml.new").mkdir()
    (tmp_path / "profiles.d" / ".a.toml.new2").mkdir()

    with pytest.raises(OutputError, match=r"a\.toml cannot be written"):
        new_profile(config, "a", ProfileOptions(), TODAY)

    assert not (tmp_path / "profiles.d" / "a.toml").exists()


def test_new_from_every_option(tmp_path: Path) -> None:
    """Each option becomes a key."""
    config = install(tmp_path)

    file = new_profile(
        config,
        "Seniors",
        ProfileOptions(
            years="7,8,10-12",
            exclude=("7", "15"),
            include=("52",),
            suffix=" - 26/27",
            output="out\\Seniors",
            expires=date(2027, 7, 31),
            format=SdsFormat.V2,
            title="{set_name}{suffix}",
            class_id="{set_id}{suffix}",
            extra=("head@hollowell.example", "it-*"),
            exclude_classes=("*Games*", "9?/PE*"),
            forms=True,
            houses=("academic", "boarding"),
            year_groups=True,
        ),
        TODAY,
    )

    assert file == tmp_path / "profiles.d" / "Seniors.toml"
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {
        "format": "v2",
        "year_groups": [7, 8, 10, 11, 12],
        "suffix": " - 26/27",
        "output": "out\\Seniors",
        "expires": date(2027, 7, 31),
        "title": "{set_name}{suffix}",
        "class_id": "{set_id}{suffix}",
        "subjects": {"exclude": [7, 15], "include": [52]},
        "teachers": {"extra": ["head@hollowell.example", "it-*"]},
        "classes": {"exclude": ["*Games*", "9?/PE*"]},
        "groups": {"forms": True, "houses": ["academic", "boarding"], "year_groups": True},
    }
    [profile] = load(config).school.profiles
    assert (profile.name, profile.output) == ("Seniors", tmp_path / "out" / "Seniors")
    assert sorted(files(tmp_path)) == ["profiles.d/Seniors.toml", "sdssync.toml"]


def test_new_without_options(tmp_path: Path) -> None:
    """The current format, and an output folder named like the profile; the folder of profiles is created."""
    config = install(tmp_path)
    (tmp_path / "profiles.d").rmdir()

    file = new_profile(config, "Prep", ProfileOptions(), TODAY)

    assert file.read_text(encoding="utf-8") == (
        "#:schema ../schema/profile.schema.json\n"
        "# An SDS profile: `sdssync run-all` runs it.\n"
        'format = "v2.1"                          '
        "# v2.1 is what SDS takes today; v2 are the four files of iSAMS-SDS.ps1\n"
        'output = "csv/Prep"                      # this folder belongs to sdssync alone\n'
    )
    [profile] = load(config).school.profiles
    assert (profile.format, profile.year_groups) == (SdsFormat.V21, tuple(range(14)))


def test_new_explains_the_keys_of_each_table(tmp_path: Path) -> None:
    """A key is explained as in its table: year_groups are years of pupils, or the classes of years."""
    file = new_profile(
        install(tmp_path), "Prep", ProfileOptions(years="3", exclude_classes=("*PE*",), year_groups=True), TODAY
    )

    comments = dict(line.split(" # ") for line in file.read_text(encoding="utf-8").splitlines() if " # " in line)
    assert {line.strip(): comment for line, comment in comments.items()} == {
        'format = "v2.1"': "v2.1 is what SDS takes today; v2 are the four files of iSAMS-SDS.ps1",
        "year_groups = [3]": "the years of pupils and teaching sets",
        'output = "csv/Prep"': "this folder belongs to sdssync alone",
        "[classes]": "set codes; * and ? are wildcards",
        'exclude = ["*PE*"]': "these sets make no class",
        "[groups]": "each needs its tick in iSAMS; without it every run fails",
        "year_groups = true": "a class for each year",
    }


def test_new_combined(tmp_path: Path) -> None:
    """A combined profile is written with its parts, and nothing that only a part has."""
    config = install(tmp_path, a='output = "csv/a"\nyear_groups = [7]\n', b='output = "csv/b"\nyear_groups = [8]\n')

    file = new_profile(config, "School", ProfileOptions(combine=("a", "B")), TODAY)

    assert tomllib.loads(file.read_text(encoding="utf-8")) == {
        "format": "v2.1",
        "output": "csv/School",
        "combine": ["a", "B"],
    }
    assert load(config).school.wrong == ()


@pytest.mark.parametrize(
    ("options", "expected", "hint"),
    [
        pytest.param(
            ProfileOptions(combine=("a", "c")),
            'combine[1]: there is no profile "c"',
            "nothing was written; correct --combine",
            id="no such profile",
        ),
        pytest.param(
            ProfileOptions(combine=("a", "b"), years="7"),
            "year_groups: unknown key",
            "nothing was written; correct --years",
            id="with years",
        ),
        pytest.param(
            ProfileOptions(combine=("a", "b"), forms=True),
            "groups: unknown key",
            "nothing was written; correct --forms, --houses or --year-groups",
            id="with forms",
        ),
    ],
)
def test_new_combined_refuses(tmp_path: Path, options: ProfileOptions, expected: str, hint: str) -> None:
    """A combined profile with mistakes is not written, and the hint names the option."""
    config = install(tmp_path, a='output = "csv/a"\nyear_groups = [7]\n', b='output = "csv/b"\nyear_groups = [8]\n')

    with pytest.raises(ConfigError, match=re.escape(expected)) as caught:
        new_profile(config, "School", options, TODAY)

    assert caught.value.hint == hint
    assert not (tmp_path / "profiles.d" / "School.toml").exists()


def test_new_after_a_kill(tmp_path: Path) -> None:
    """An incomplete file left by an interrupted run prevents nothing."""
    config = install(tmp_path)
    (tmp_path / "profiles.d" / ".a.toml.new").write_text("half", encoding="utf-8")

    new_profile(config, "a", ProfileOptions(), TODAY)

    assert sorted(files(tmp_path)) == ["profiles.d/a.toml", "sdssync.toml"]


EXISTS = "already exists and was not changed"


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        pytest.param("old", ProfileOptions(), f"{{file}} {EXISTS}", id="the file is there"),
        pytest.param("OLD", ProfileOptions(), f"{{file}} {EXISTS}", id="in another case"),
        pytest.param(
            "Elder",
            ProfileOptions(),
            "profiles.d/Elder.toml has 1 mistake\n"
            "  name: expected a name of its own, found that of profiles.d/old.toml",
            id="the name of another",
        ),
        pytest.param(
            "New",
            ProfileOptions(output="CSV/OLD/x"),
            "profiles.d/New.toml has 1 mistake\n"
            "  output: expected a folder of its own, found one inside the output of profiles.d/old.toml",
            id="inside the output of another",
        ),
        pytest.param(
            "New",
            ProfileOptions(output=".", exclude=("7", "7")),
            "profiles.d/New.toml has 2 mistakes\n"
            "  subjects.exclude[1]: expected each value once, found 7: it is in the list already\n"
            "  output: expected a folder for the CSV files alone,"
            " found one that is or contains the folder of the settings",
            id="several mistakes",
        ),
        pytest.param(
            "New",
            ProfileOptions(exclude_classes=("*PE*", "*pe*"), houses=("day", "boarding")),
            "profiles.d/New.toml has 2 mistakes\n"
            '  groups.houses[0]: expected "academic" or "boarding", found "day"\n'
            '  classes.exclude[1]: expected each value once, found "*pe*": it is in the list already',
            id="classes and groups",
        ),
        pytest.param(
            "a/b",
            ProfileOptions(),
            'expected a name that Windows and Linux accept for a file, found "a/b": it holds a path separator',
            id="separator in the name",
        ),
        pytest.param(
            "New.toml",
            ProfileOptions(),
            'expected the name of a profile, found a file name, "New.toml"',
            id="a file name",
        ),
        pytest.param(
            "New",
            ProfileOptions(expires=date(2026, 8, 31)),
            "--expires: 2026-08-31 is over",
            id="expired",
        ),
        pytest.param(
            "New",
            ProfileOptions(include=("7",), exclude=("7",)),
            "subject 7 is in --include and in --exclude",
            id="included and excluded",
        ),
        pytest.param(
            "New",
            ProfileOptions(extra=("Bo Marsh",)),
            "--extra: expected e-mail addresses, found a text without @",
            id="a name for an address",
        ),
        pytest.param(
            "New",
            ProfileOptions(years="13-7"),
            '--years: expected years from -5 to 20 like 7-13, 7,8,10-12 or -2-0, found "13-7"',
            id="backwards",
        ),
    ],
)
def test_new_refuses(tmp_path: Path, name: str, options: ProfileOptions, expected: str) -> None:
    """A profile with mistakes, or in conflict with another, is not written."""
    config = install(tmp_path, old='name = "Elder"\noutput = "csv/old"')
    before = files(tmp_path)

    with pytest.raises(ConfigError) as caught:
        new_profile(config, name, options, TODAY)

    assert caught.value.message == expected.format(file=tmp_path / "profiles.d" / "old.toml")
    assert files(tmp_path) == before


def test_new_needs_settings(tmp_path: Path) -> None:
    """Without settings there is no folder for a profile."""
    with pytest.raises(ConfigError, match="`sdssync init` writes a first one"):
        new_profile(tmp_path / "sdssync.toml", "a", ProfileOptions(), TODAY)

    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", [7]),
        ("7-13", [7, 8, 9, 10, 11, 12, 13]),
        ("7,8,10-12", [7, 8, 10, 11, 12]),
        ("-2-0", [-2, -1, 0]),
        ("-5--3", [-5, -4, -3]),
        ("-1", [-1]),
        (" 0 , 20 ", [0, 20]),
        ("7-7", [7]),
    ],
)
def test_years(text: str, expected: list[int]) -> None:
    """Years and ranges, also below zero."""
    assert parse_years(text) == expected


@pytest.mark.parametrize("text", ["", "7,", "x", "7-", "7..9", "9-7", "-6", "21", "1-999999999", "7.0", "7 - 9"])
def test_no_years(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ConfigError, match="--years: expected years from -5 to 20"):
        parse_years(text)


def test_a_new_file_is_readable_for_others(tmp_path: Path) -> None:
    """The file has the mode that the account gives to any new file: it holds no secret."""
    init(tmp_path / "sdssync.toml")
    (tmp_path / "other").write_text("", encoding="utf-8")

    assert os.stat(tmp_path / "sdssync.toml").st_mode == os.stat(tmp_path / "other").st_mode  # noqa: PTH116
