"""`sdssync.toml`, and where it is found."""

import codecs
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sdssync.config.installation import load
from sdssync.config.safety import Freeze, Limits, Percentage, Retention, Safety, Tolerated
from sdssync.config.settings import (
    Folders,
    RecordedSource,
    RemoteSource,
    SchoolIdentity,
    SchoolSettings,
    settings_path,
)
from sdssync.errors import ConfigError
from sdssync.sds.code_lists import ORG_TYPES
from tests.support.installation import SETTINGS, install, remote_source
from tests.support.needs import needs_fifo, needs_modes, needs_removable_current_folder

KEY = "5F0B1C2D-3E4A-4B5C-8D6E-7F8091A2B3C4"
SCHOOL = '[school]\nid = "8889999"\nname = "MySchool"\n'
ISAMS = '[isams]\nfile = "hartley.xml"\n'
REMOTE = 'url = "https://isams.myschool.example"\napi_key_env = "ISAMS_API_KEY"\n'


def mistakes(config: Path) -> list[str]:
    """Return the mistakes of the settings file; one about the whole file is on the line with its path."""
    with pytest.raises(ConfigError) as caught:
        load(config)
    if caught.value.message.startswith(str(config)):
        return [caught.value.message.removeprefix(str(config)).lstrip(": ")]
    head, *lines = caught.value.message.split("\n")
    assert head == f"sdssync.toml has {len(lines)} mistake{'s' * (len(lines) > 1)}"
    return [line.removeprefix("  ") for line in lines]


def test_every_key(tmp_path: Path) -> None:
    """A file with every key becomes settings with absolute paths."""
    config = install(
        tmp_path,
        SCHOOL + 'type = "district"\ninclude_names = true\n'
        "[isams]\n"
        'url = "https://isams.myschool.example/base/"\napi_key_file = "secrets/isams.key"\n'
        'timeout = 60\nretry_for = 0\nmax_seconds = 900.5\nmax_bytes = "1.5 KiB"\nca_file = "../ca.pem"\n'
        '[paths]\nprofiles = "./p/../profiles.d"\nstate = "/var/lib/sdssync"\n'
        '[safety]\nmax_removed_users = "12.5%"\nmax_removed_classes = 3\nmax_removed_enrollments = "0 %"\n'
        'max_removed_of_year = 4\nmax_removed_of_class = "60%"\nmax_ownerless_classes = 1\n'
        'max_changed_usernames = "1%"\nmax_changed_titles = "100%"\nmax_added = 500\n'
        "tolerated = { users = 1, enrollments = 0 }\nwindow = 40\nkeep_address = 0\n"
        "freeze = [{ from = 2027-07-10, to = 2027-09-05 }, { from = 2026-12-20, to = 2026-12-20 }]\n"
        "[retention]\nsource_document = 0\ngenerations = 50\n",
    )

    assert load(config).school.settings == SchoolSettings(
        identity=SchoolIdentity(id="8889999", name="MySchool", type="district", include_names=True),
        source=RemoteSource(
            url="https://isams.myschool.example/base/",
            api_key_file=tmp_path / "secrets/isams.key",
            api_key_env=None,
            client_id=None,
            client_secret_file=None,
            client_secret_env=None,
            timeout=60,
            retry_for=0,
            max_seconds=900.5,
            max_bytes=1536,
            ca_file=tmp_path.parent / "ca.pem",
        ),
        folders=Folders(
            installation=tmp_path, profiles=tmp_path / "profiles.d", state=Path(tmp_path.anchor) / "var/lib/sdssync"
        ),
        safety=Safety(
            limits=Limits(
                max_removed_users=(Percentage(Decimal("12.5")),),
                max_removed_classes=(3,),
                max_removed_enrollments=(Percentage(Decimal(0)),),
                max_removed_of_year=(4,),
                max_removed_of_class=(Percentage(Decimal(60)),),
                max_ownerless_classes=(1,),
                max_changed_usernames=(Percentage(Decimal(1)),),
                max_changed_titles=(Percentage(Decimal(100)),),
                max_added=(500,),
            ),
            tolerated=Tolerated(users=1, classes=3, enrollments=0),
            window=40,
            keep_address=0,
            freeze=(
                Freeze(date(2026, 12, 20), date(2026, 12, 20)),
                Freeze(date(2027, 7, 10), date(2027, 9, 5)),
            ),
        ),
        retention=Retention(source_document=0, generations=50),
    )


def test_defaults(tmp_path: Path) -> None:
    """A key that is missing has the documented default."""
    config = install(tmp_path, SCHOOL + "[isams]\n" + REMOTE)

    assert load(config).school.settings == SchoolSettings(
        identity=SchoolIdentity(id="8889999", name="MySchool", type="school", include_names=False),
        source=RemoteSource(
            url="https://isams.myschool.example",
            api_key_file=None,
            api_key_env="ISAMS_API_KEY",
            client_id=None,
            client_secret_file=None,
            client_secret_env=None,
            timeout=120,
            retry_for=300,
            max_seconds=1800,
            max_bytes=1024**3,
            ca_file=None,
        ),
        folders=Folders(installation=tmp_path, profiles=tmp_path / "profiles.d", state=tmp_path / "state"),
        safety=Safety(
            limits=Limits(
                max_removed_users=(Percentage(Decimal(5)),),
                max_removed_classes=(Percentage(Decimal(5)),),
                max_removed_enrollments=(Percentage(Decimal(10)),),
                max_removed_of_year=(Percentage(Decimal(20)),),
                max_removed_of_class=(Percentage(Decimal(50)),),
                max_ownerless_classes=(Percentage(Decimal(25)),),
                max_changed_usernames=(Percentage(Decimal(10)),),
                max_changed_titles=(Percentage(Decimal(20)),),
                max_added=(Percentage(Decimal(25)),),
            ),
            tolerated=Tolerated(users=5, classes=3, enrollments=20),
            window=30,
            keep_address=7,
            freeze=(),
        ),
        retention=Retention(source_document=7, generations=30),
    )


def test_paths_count_from_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder means nothing to the paths in the file, only to the path of the file."""
    (tmp_path / "school").mkdir()
    install(tmp_path / "school", a='output = "csv/A"')
    monkeypatch.chdir(tmp_path)

    installation = load(Path("school/sdssync.toml"))

    assert installation.file == tmp_path / "school" / "sdssync.toml"
    assert installation.school.settings.source == RecordedSource(
        file=tmp_path / "school" / "hartley.xml", max_bytes=1024**3
    )
    assert installation.school.profiles[0].output == tmp_path / "school" / "csv" / "A"


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        pytest.param(Path("a.toml"), {"SDSSYNC_CONFIG": "b.toml"}, Path("a.toml"), id="option first"),
        pytest.param(None, {"SDSSYNC_CONFIG": "b.toml"}, Path("b.toml"), id="then the variable"),
        pytest.param(None, {"SDSSYNC_CONFIG": ""}, Path("sdssync.toml"), id="an empty variable"),
        pytest.param(None, {}, Path("sdssync.toml"), id="then the current folder"),
    ],
)
def test_which_file(option: Path | None, environ: dict[str, str], expected: Path) -> None:
    """The option wins over the variable, the variable over the current folder."""
    assert settings_path(option, environ) == Path.cwd() / expected


@needs_removable_current_folder
def test_a_current_folder_that_is_gone(here: Path) -> None:
    """A relative path cannot be found from a folder that no longer exists."""
    here.rmdir()

    with pytest.raises(ConfigError, match="the current folder no longer exists"):
        settings_path(None, {})


def test_no_settings_file(tmp_path: Path) -> None:
    """A missing file is reported with the command that writes a first one."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "sdssync.toml")

    assert caught.value.message == f"there is no settings file {tmp_path / 'sdssync.toml'}"
    assert caught.value.hint == "`sdssync init` writes a first one; --config or $SDSSYNC_CONFIG names another"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        pytest.param("http://isams.example", "http is for loopback addresses only", id="http"),
        pytest.param("http://127.0.0.1.example", "http is for loopback addresses only", id="looks like loopback"),
        pytest.param("ftp://isams.example", "it does not begin with https:// and a host", id="another scheme"),
        pytest.param("isams.example", "it does not begin with https:// and a host", id="no scheme"),
        pytest.param("https://isams..example", "a part of its host is empty or too long", id="an empty part"),
        pytest.param(
            "https://m\u00fcnch..example", "a part of its host is empty or too long", id="an empty part in Unicode"
        ),
        pytest.param("https://.example", "a part of its host is empty or too long", id="a dot before the host"),
        pytest.param(f"https://{'a' * 64}.example", "a part of its host is empty or too long", id="a long part"),
        pytest.param("https://", "it does not begin with https:// and a host", id="no host"),
        pytest.param("https://isams.example:port", "it is not an address", id="port is a word"),
        pytest.param("https://[::1", "it is not an address", id="bracket left open"),
        pytest.param("https://user:s3cret@isams.example", "it contains a user or a password", id="password"),
        pytest.param(
            f"https://isams.example/?apiKey={KEY}",
            "it has a query or a fragment; the key belongs in a file or a variable",
            id="key in the query",
        ),
        pytest.param(
            "https://isams.example#", "it has a query or a fragment; the key belongs in a file or a variable", id="hash"
        ),
        pytest.param(
            "https:\\\\\\\\isams.example", "it contains spaces, backslashes or control characters", id="backslash"
        ),
        pytest.param(" https://isams.example", "it contains spaces, backslashes or control characters", id="blank"),
    ],
)
def test_wrong_url(tmp_path: Path, url: str, fault: str) -> None:
    """A key is sent over https only, and the address is not shown."""
    config = install(tmp_path, f'{SCHOOL}[isams]\nurl = "{url}"\napi_key_env = "K"\n')

    found = mistakes(config)

    assert found == [f"isams.url: expected an address like https://isams.myschool.example, found a text: {fault}"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80/x", "HTTPS://isams.example"]
)
def test_right_url(tmp_path: Path, url: str) -> None:
    """Plain http is allowed for this machine."""
    source = load(install(tmp_path, f'{SCHOOL}[isams]\nurl = "{url}"\napi_key_env = "K"\n')).school.settings.source

    assert source == remote_source(url, api_key_env="K")


@pytest.mark.parametrize(
    ("isams", "expected"),
    [
        pytest.param(
            "timeout = 1",
            "isams: expected either url and a key (api_key_file or api_key_env), or file; found neither",
            id="neither",
        ),
        pytest.param(
            REMOTE + 'file = "x.xml"',
            "isams: expected either url and a key, or file; found file and url and api_key_env",
            id="both",
        ),
        pytest.param(
            'file = "x.xml"\napi_key_file = "k"',
            "isams: expected either url and a key, or file; found file and api_key_file",
            id="file and key",
        ),
        pytest.param(
            'url = "https://isams.example"',
            "isams: expected a key as well as url: api_key_file or api_key_env, or a client_id with its secret; "
            "found none",
            id="no key",
        ),
        pytest.param(
            REMOTE + 'client_id = "C4NARY"\nclient_secret_env = "S"',
            "isams: expected an API key or an OAuth 2 client, found api_key_env and client_id",
            id="key and client",
        ),
        pytest.param(
            'file = "x.xml"\nclient_id = "C4NARY"\nclient_secret_env = "S"',
            "isams: expected either url and a key, or file; found file and client_id and client_secret_env",
            id="file and client",
        ),
        pytest.param(
            'url = "https://isams.example"\nclient_id = "C4NARY"',
            "isams: expected a secret as well as client_id: client_secret_file or client_secret_env; found none",
            id="no secret",
        ),
        pytest.param(
            'url = "https://isams.example"\nclient_secret_file = "s"',
            "isams: expected client_id as well as client_secret_file, found none",
            id="no client",
        ),
        pytest.param(
            'url = "https://isams.example"\nclient_id = "C4NARY"\nclient_secret_env = "S"\nclient_secret_file = "s"',
            "isams: expected one of client_secret_file and client_secret_env, found both",
            id="two secrets",
        ),
        pytest.param(
            'url = "https://isams.example"\nclient_id = "C4NARY"\nclient_secret_env = "S"\nclient_secret = "C4NARY"',
            "isams.client_secret: a client secret must not be in this file, which is copied, mailed and backed up: "
            'write it to a file of its own and set client_secret_file = "secrets/isams.secret", or set '
            "client_secret_env to the name of a variable",
            id="a secret in the file",
        ),
        pytest.param(
            REMOTE + 'api_key_file = "k"',
            "isams: expected one of api_key_file and api_key_env, found both",
            id="two keys",
        ),
    ],
)
def test_either_url_or_file(tmp_path: Path, isams: str, expected: str) -> None:
    """The source is a url with one key, or a file."""
    assert mistakes(install(tmp_path, f"{SCHOOL}[isams]\n{isams}\n")) == [expected]


LITERAL = (
    "an API key must not be in this file, which is copied, mailed and backed up: write it to a file of its own"
    ' and set api_key_file = "secrets/isams.key", or set api_key_env to the name of a variable'
)


@pytest.mark.parametrize("name", ["api_key", "apiKey", "API-Key", "key", "token", "password"])
def test_key_literal(tmp_path: Path, name: str) -> None:
    """A key in the file is refused with the reason, and not shown."""
    found = mistakes(install(tmp_path, f'{SCHOOL}[isams]\n{REMOTE}{name} = "{KEY}"\n'))

    assert found == [f"isams.{name}: {LITERAL}"]


TABLES = "school, isams, paths, safety, retention, notify, upload"
SECONDS = "expected a number of seconds, more than 0, at most a day, found"
BACKSLASH = r"in double quotes a backslash begins an escape; write paths in single quotes, like 'C:\SDS\csv'"
SIZE = 'isams.max_bytes: expected a number of bytes, or a text with a unit like "1 GiB" or "500 MB", found'
LIMIT = 'expected a count like 25, or a percentage from 0 to 100 like "10%", found'
UNSEEN = r"it holds control characters; \n, \t, \b, \f and \r in double quotes mean these, so use single quotes"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(SCHOOL, "isams: required, but missing", id="no source"),
        pytest.param(ISAMS, "school: required, but missing", id="no school"),
        pytest.param('[school]\nname = "x"\n' + ISAMS, "school.id: required, but missing", id="no id"),
        pytest.param("school = 1\n" + ISAMS, "school: expected a table, found 1", id="no table"),
        pytest.param(
            f'isams = "{KEY}"\n{SCHOOL}', "isams: expected a table, found a text", id="the source is a text, not shown"
        ),
        pytest.param(
            '[school]\nid = 8889999\nname = "x"\n' + ISAMS,
            "school.id: expected a text in quotes, found 8889999",
            id="a number for a text",
        ),
        pytest.param(
            '[school]\nid = "1"\nname = " "\n' + ISAMS,
            'school.name: expected a text in quotes, found " ": it is empty',
            id="blank name",
        ),
        pytest.param(
            '[school]\nid = "1"\nname = "a\\nb"\n' + ISAMS,
            "school.name: expected a text in quotes, found a text: it contains line breaks or control characters",
            id="line break in the name",
        ),
        pytest.param(
            SCHOOL + 'type = "academy"\n' + ISAMS,
            f'school.type: expected a type of organisation, found "academy": SDS knows {", ".join(ORG_TYPES)}',
            id="no type of organisation",
        ),
        pytest.param(
            SCHOOL + 'include_names = "yes"\n' + ISAMS,
            'school.include_names: expected true or false, without quotes, found "yes"',
            id="a text for true",
        ),
        pytest.param(SETTINGS + "timeout = 0\n", f"isams.timeout: {SECONDS} a number", id="no time"),
        pytest.param(SETTINGS + "max_seconds = -1\n", f"isams.max_seconds: {SECONDS} a number", id="negative time"),
        pytest.param(SETTINGS + "timeout = inf\n", f"isams.timeout: {SECONDS} a number", id="endless time"),
        pytest.param(SETTINGS + "timeout = nan\n", f"isams.timeout: {SECONDS} a number", id="no number at all"),
        pytest.param(SETTINGS + "timeout = true\n", f"isams.timeout: {SECONDS} true or false", id="true is no number"),
        pytest.param(SETTINGS + 'timeout = "120"\n', f"isams.timeout: {SECONDS} a text", id="time in quotes"),
        pytest.param(
            SETTINGS + "retry_for = -1\n",
            "isams.retry_for: expected a number of seconds, 0 or more, at most a day, found a number",
            id="negative retry",
        ),
        pytest.param(SETTINGS + "max_bytes = 0\n", f"{SIZE} a number", id="no bytes"),
        pytest.param(SETTINGS + 'max_bytes = "1 GiBi"\n', f"{SIZE} a text", id="unknown unit"),
        pytest.param(SETTINGS + 'max_bytes = "500"\n', f"{SIZE} a text", id="no unit"),
        pytest.param(SETTINGS + "max_bytes = true\n", f"{SIZE} true or false", id="true bytes"),
        pytest.param(
            SCHOOL + '[isams]\nfile = "C:\\new.xml"\n',
            "isams.file: expected a path in quotes, found a text: " + UNSEEN,
            id="a line break meant as a folder",
        ),
        pytest.param(
            SCHOOL + '[isams]\nfile = ""\n',
            "isams.file: expected a path in quotes, found a text: it is empty",
            id="no path",
        ),
        pytest.param(
            SETTINGS + "[paths]\nstate = 'C:state'\n",
            'paths.state: expected a path in quotes, found "C:state": after a drive letter and its colon,'
            r" \ or / must follow",
            id="relative to a drive",
        ),
        pytest.param(
            SETTINGS + '[paths]\nprofiles = "."\n',
            "paths.profiles: expected a folder of its own, found the folder of the settings file",
            id="profiles beside the settings",
        ),
        pytest.param(
            SCHOOL + '[isams]\nurl = "https://isams.example"\napi_key_env = "A-B"\n',
            "isams.api_key_env: expected the name of an environment variable, found a text",
            id="variable",
        ),
        pytest.param(
            SETTINGS + "[safety]\nmax_removed_users = -1\n",
            f"safety.max_removed_users: {LIMIT} -1",
            id="negative count",
        ),
        pytest.param(
            SETTINGS + '[safety]\nmax_removed_classes = "101%"\n',
            f'safety.max_removed_classes: {LIMIT} "101%"',
            id="more than all",
        ),
        pytest.param(
            SETTINGS + "[safety]\nmax_removed_enrollments = 0.5\n",
            f"safety.max_removed_enrollments: {LIMIT} 0.5",
            id="a fraction",
        ),
    ],
)
def test_one_mistake(tmp_path: Path, settings: str, expected: str) -> None:
    """A mistake is reported with its key, what was expected and what was found."""
    assert mistakes(install(tmp_path, settings)) == [expected]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(
            SCHOOL.replace("name", "nmae") + ISAMS,
            [
                "school.name: required, but missing",
                'school.nmae: unknown key, did you mean "name"? (allowed: id, name, type, include_names)',
            ],
            id="misspelt",
        ),
        pytest.param(
            SETTINGS.replace("[isams]", "[iSAMS]"),
            [
                "isams: required, but missing",
                f'iSAMS: unknown key, did you mean "isams"? (allowed: {TABLES})',
            ],
            id="in another case",
        ),
        pytest.param(
            'state = "x"\n' + SETTINGS, ['state: unknown key here, did you mean "state" in [paths]?'], id="in no table"
        ),
        pytest.param(
            SETTINGS + '[graph]\ntenant = "x"\n',
            [f"graph: unknown key (allowed: {TABLES})"],
            id="nothing near",
        ),
        pytest.param(
            f'"{KEY}" = 1\n"head@myschool.example" = 1\n' + SETTINGS,
            [
                f"(a key that is not shown): unknown key (allowed: {TABLES})",
                f"(a key that is not shown): unknown key (allowed: {TABLES})",
            ],
            id="names that could be secrets",
        ),
    ],
)
def test_unknown_key(tmp_path: Path, settings: str, expected: list[str]) -> None:
    """An unknown key is reported with the nearest known one, and without its value."""
    assert mistakes(install(tmp_path, settings)) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(SCHOOL + f"key {KEY}", "is not valid TOML, line 4, column 5: expected = after the key", id="no ="),
        pytest.param(
            f"[isams]\napi_key = {KEY}",
            "is not valid TOML, line 2, column 12: expected the end of the line after the value",
            id="no quotes",
        ),
        pytest.param(f'a = "{KEY}', "is not valid TOML, at its end: a text lacks its closing quote", id="open quote"),
        pytest.param("a = [1", "is not valid TOML, at its end: a list lacks its closing bracket", id="open list"),
        pytest.param(
            "a = 1\na = 2\n", "is not valid TOML, line 2, column 6: a key or a table appears twice", id="twice"
        ),
        pytest.param(
            "a = 2027-02-30", "is not valid TOML, line 1, column 5: this date does not exist", id="no such day"
        ),
        pytest.param(
            "[school\n",
            "is not valid TOML, line 1, column 8: the name of a table lacks its closing bracket",
            id="table",
        ),
        pytest.param(
            'a = "b\nc = 1\n',
            "is not valid TOML, line 1, column 7: a text lacks its closing quote, or a character cannot be there",
            id="open quote in the middle",
        ),
        pytest.param(
            "a = 31.7.2027\n",
            "is not valid TOML, line 1, column 9: write the date like 2027-07-31, without quotes",
            id="a date as in letters",
        ),
        pytest.param("a = Seniors\n", "is not valid TOML, line 1, column 5: a text needs quotes", id="a bare word"),
        pytest.param(
            'output = "csv/a"\nyear_groups = [7]\n',
            "is a profile, and not the settings file, which is usually sdssync.toml; --config names it",
            id="a profile",
        ),
        pytest.param("a = " + "[" * 100_000, "is not valid TOML: nested too deeply", id="deep"),
        pytest.param("a = " + "1" * 5_000, "is not valid TOML", id="a number without end"),
        pytest.param("a" * 300_000, "expected a file of at most 256 KiB, found a larger one", id="too large"),
        pytest.param(
            b'[school]\nname = "\xe9"',
            "line 2: expected UTF-8 text, found other bytes; save the file as UTF-8",
            id="latin-1",
        ),
        pytest.param(
            SETTINGS.encode("utf-16"),
            "line 1: expected UTF-8 text, found other bytes; save the file as UTF-8",
            id="UTF-16",
        ),
        pytest.param(
            "x = 'a'\nstate = \"C:\\Users\\x\"",
            f"is not valid TOML, line 2, column 14: {BACKSLASH}",
            id="backslash U",
        ),
        *[
            pytest.param(
                f"[school]\n{key}", "is not valid TOML, line 2: a key has more than 20 parts", id=f"long key, {name}"
            )
            for name, key in {
                "plain": "a." * 100_000 + "a = 1",
                "of a table": f"[{'a.' * 100_000}a]",
                "in quotes": "\"a\".'b'." * 30_000 + "a = 1",
                "with blanks": "a . " * 60_000 + "a = 1",
                "in a table": f"x = {{ {'a.' * 100_000}a = 1 }}",
            }.items()
        ],
    ],
)
def test_not_toml(tmp_path: Path, settings: str | bytes, expected: str) -> None:
    """A syntax error is reported with its position, without any text of the file."""
    assert mistakes(install(tmp_path, settings)) == [expected]


def test_a_text_with_many_dots(tmp_path: Path) -> None:
    """Dots are nothing unusual in texts, comments and lists."""
    addresses = ", ".join(f'"{number}.a.b.c@school.example"' for number in range(50))
    more = f'# {"." * 200}\noutput = "csv/A"\nsuffix = "{"." * 200}"\n[teachers]\nextra = [{addresses}]\n'

    assert load(install(tmp_path, SETTINGS, a=more)).school.wrong == ()


def test_more_mistakes_than_anyone_reads(tmp_path: Path) -> None:
    """A hundred mistakes of a file are listed, and the others counted."""
    unknown = "\n".join(f"x{number} = 1" for number in range(2_000))

    with pytest.raises(ConfigError) as caught:
        load(install(tmp_path, f"{unknown}\n{SETTINGS}"))

    lines = caught.value.message.splitlines()
    assert (lines[0], len(lines), lines[-1]) == ("sdssync.toml has 2,000 mistakes", 102, "  and 1,900 more")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("# " + "a." * 30, id="a comment"),
        pytest.param('x = "' + "1." * 30 + '"', id="a value"),
        pytest.param('"' + "1." * 30 + '" = 1', id="a quoted key of one part"),
    ],
)
def test_what_only_looks_like_a_long_key(tmp_path: Path, line: str) -> None:
    """Only the parts of a key count."""
    found = mistakes(install(tmp_path, f"{SETTINGS}colour = 1\n{line}\n"))

    assert [mistake for mistake in found if "20 parts" in mistake] == []


def test_byte_order_mark(tmp_path: Path) -> None:
    """A TOML file may begin with a byte order mark."""
    config = install(tmp_path, codecs.BOM_UTF8 + SETTINGS.encode(), a=codecs.BOM_UTF8 + b'output = "csv/A"')

    installation = load(config)

    assert (installation.school.settings.identity.id, installation.school.profiles[0].name) == ("8889999", "a")


@pytest.mark.parametrize("kind", ["folder", pytest.param("fifo", marks=needs_fifo)])
def test_settings_path_that_is_not_a_file(tmp_path: Path, kind: str) -> None:
    """Only a regular file is opened: a pipe would be read for ever."""
    config = tmp_path / "sdssync.toml"
    (tmp_path / "profiles.d").mkdir()
    if kind == "folder":
        config.mkdir()
    else:
        os.mkfifo(config)

    assert mistakes(config) == [f"expected a file, found a {'folder' if kind == 'folder' else 'pipe'}"]


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from sdssync.config.installation import load
if os.geteuid() == 0:
    os.seteuid(65534)
load(Path(sys.argv[1]))
"""


@needs_modes
def test_unreadable(tmp_path: Path) -> None:
    """A file that the account may not read is reported with the reason of the system."""
    config = install(tmp_path)
    config.chmod(0)

    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, config], capture_output=True, encoding="utf-8", check=False, timeout=60
    )

    assert "sdssync.toml cannot be read: Permission denied" in done.stderr


def test_all_mistakes_of_all_files(tmp_path: Path) -> None:
    """One report has all mistakes, of the settings and of every profile."""
    config = install(
        tmp_path,
        "[school]\nid = 1\n[isams]\ntimeout = -1\n",
        b='output = "csv/B"\nyears = [7]\n',
        a='year_groups = [7, "Upper", 7]\n',
        right='output = "csv/C"\n',
    )

    with pytest.raises(ConfigError) as caught:
        load(config)

    assert caught.value.message == (
        "sdssync.toml has 4 mistakes\n"
        "  school.id: expected a text in quotes, found 1\n"
        "  school.name: required, but missing\n"
        f"  isams.timeout: {SECONDS} a number\n"
        "  isams: expected either url and a key (api_key_file or api_key_env), or file; found neither\n"
        "profiles.d/a.toml has 3 mistakes\n"
        '  year_groups[1]: expected a whole number from -5 to 20, found "Upper"\n'
        "  year_groups[2]: expected each value once, found 7: it is in the list already\n"
        "  output: required, but missing\n"
        "profiles.d/b.toml has 1 mistake\n"
        '  years: unknown key, did you mean "year_groups"? (allowed: name, format, year_groups, suffix, output,'
        " expires, title, class_id, parity, org, subjects, teachers, classes, groups, validate, safety, upload)"
    )
