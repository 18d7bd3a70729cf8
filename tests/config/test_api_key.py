"""The API key: where it is read, and that it is never shown."""

import codecs
import traceback
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from sdssync.config.api_key import ApiKey, read_api_key
from sdssync.config.settings import RemoteSource
from sdssync.errors import ConfigError
from tests.support.installation import remote_source
from tests.support.needs import needs_modes

KEY = "5F0B1C2D-3E4A-4B5C-8D6E-7F8091A2B3C4"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(KEY.encode(), id="plain"),
        pytest.param(f" \t{KEY}\r\n".encode(), id="white space around it"),
        pytest.param(codecs.BOM_UTF8 + KEY.encode() + b"\n", id="UTF-8 with BOM"),
        pytest.param(codecs.BOM_UTF16_LE + KEY.encode("utf-16-le"), id="UTF-16 LE with BOM"),
        pytest.param(codecs.BOM_UTF16_BE + f"{KEY}\r\n".encode("utf-16-be"), id="UTF-16 BE with BOM"),
        pytest.param(f"{KEY}\r\n".encode("utf-16-le"), id="UTF-16 LE"),
        pytest.param(KEY.encode("utf-16-be"), id="UTF-16 BE"),
    ],
)
def test_key_file(tmp_path: Path, data: bytes) -> None:
    """A key file may be written by any editor or shell."""
    (tmp_path / "isams.key").write_bytes(data)

    assert read_api_key(remote(tmp_path / "isams.key"), {}).secret == KEY


def test_key_variable() -> None:
    """White space around the key in a variable is dropped as well."""
    source = remote_source("https://isams.example", api_key_env="K")

    assert read_api_key(source, {"K": f" {KEY}\n"}).secret == KEY


def remote(file: Path) -> RemoteSource:
    """A source whose key is in a file."""
    return remote_source("https://isams.example", api_key_env=None, api_key_file=file)


INNER = "contains white space inside the key"
BROKEN = "contains line breaks or control characters inside the API key of iSAMS"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(None, "does not exist: {file}", id="missing"),
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(codecs.BOM_UTF8 + b" \r\n", "is empty", id="white space alone"),
        pytest.param(f"{KEY[:8]} {KEY[8:]}".encode(), INNER, id="blank inside"),
        pytest.param(f"{KEY}\n{KEY}".encode(), BROKEN, id="two lines"),
        pytest.param(f"{KEY}\x07".encode(), BROKEN, id="control character"),
        pytest.param(f"{KEY}\u200b".encode(), BROKEN, id="zero-width space"),
        pytest.param(f"{KEY}\xe9".encode("latin-1"), "is neither UTF-8 nor UTF-16 text", id="latin-1"),
        pytest.param(
            codecs.BOM_UTF16_LE + KEY.encode("utf-16-le") + b"x", "is neither UTF-8 nor UTF-16 text", id="odd"
        ),
        pytest.param(KEY.encode() * 2_000, "is larger than 64 KiB", id="another file"),
    ],
)
def test_wrong_key_file(tmp_path: Path, data: bytes | None, expected: str) -> None:
    """A text that cannot be a key is reported without the text."""
    file = tmp_path / "isams.key"
    if data is not None:
        file.write_bytes(data)

    with pytest.raises(ConfigError) as caught:
        read_api_key(remote(file), {})

    assert caught.value.message == f"the file that isams.api_key_file names {expected.format(file=file)}"
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)
    assert KEY[:8] not in shown
    assert "isams.key" not in caught.value.hint


@pytest.mark.parametrize("environ", [{}, {"K": ""}], ids=["unset", "empty"])
def test_no_key_variable(environ: dict[str, str]) -> None:
    """A variable that is not set is reported without its name."""
    with pytest.raises(ConfigError) as caught:
        read_api_key(remote_source("https://isams.example", api_key_env="K"), environ)

    assert caught.value.message == "the environment variable that isams.api_key_env names is not set, or is empty"


def test_key_is_a_folder(tmp_path: Path) -> None:
    """A folder cannot be a key file."""
    with pytest.raises(ConfigError, match=r"the file that isams\.api_key_file names is not a file"):
        read_api_key(remote(tmp_path), {})


def test_key_is_masked() -> None:
    """However a key is printed, it is masked."""
    key = ApiKey(KEY)

    assert [repr(key), str(key), f"{key}", f"{key!s:>5}", f"{[key]}"] == [
        "ApiKey(********)",
        "ApiKey(********)",
        "ApiKey(********)",
        "ApiKey(********)",
        "[ApiKey(********)]",
    ]


ADDRESS = "contains an address instead of a key"
PREFIX = "contains more than the key: a word like apiKey= or Bearer before it"
QUOTED = "contains quotation marks around the key"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://isams.myschool.example", ADDRESS, id="address"),
        pytest.param(f"HTTPS://isams.myschool.example/xml.ashx?apiKey={KEY}", ADDRESS, id="whole request"),
        pytest.param("http:isams", ADDRESS, id="a bad address"),
        pytest.param("office@myschool.example", ADDRESS, id="e-mail address"),
        pytest.param(f'"{KEY}"', QUOTED, id="quotes"),
        pytest.param(f"'{KEY}'", QUOTED, id="single quotes"),
        pytest.param(f"\u201c{KEY}\u201d", QUOTED, id="typographic quotes"),
        pytest.param(f'{KEY}"', QUOTED, id="one quote"),
        pytest.param(f"apiKey={KEY}", PREFIX, id="apiKey="),
        pytest.param(f"?apiKey={KEY}", PREFIX, id="?apiKey="),
        pytest.param(f"APIKEY: {KEY}", PREFIX, id="APIKEY:"),
        pytest.param(f"api_key = {KEY}", PREFIX, id="api_key ="),
        pytest.param(f'api_key = "{KEY}"', PREFIX, id="TOML"),
        pytest.param(f'{{"apiKey": "{KEY}"}}', PREFIX, id="JSON"),
        pytest.param(f"Bearer {KEY}", PREFIX, id="Bearer"),
        pytest.param(f"Authorization: Bearer {KEY}", PREFIX, id="header"),
        pytest.param(f"key:{KEY}", PREFIX, id="key:"),
    ],
)
def test_what_is_copied_with_a_key(tmp_path: Path, text: str, expected: str) -> None:
    """What was copied from elsewhere stops before a request is sent, from a file or a variable, and is not shown."""
    file = tmp_path / "isams.key"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as of_file:
        read_api_key(remote(file), {})
    with pytest.raises(ConfigError) as of_variable:
        read_api_key(remote_source("https://isams.example", api_key_env="K"), {"K": text})

    assert of_file.value.message == f"the file that isams.api_key_file names {expected}"
    assert of_variable.value.message == f"the environment variable that isams.api_key_env names {expected}"
    assert of_file.value.hint == "put the API key of iSAMS there, and nothing else"
    assert "myschool" not in str(of_file.value)
    assert KEY[:8] not in str(of_file.value)


@pytest.mark.parametrize("text", [f"{KEY};", f"{{{KEY}", f"ISAMS_API_KEY={KEY}", f"<{KEY}>", f"x?apiKey={KEY}"])
def test_more_than_the_key(tmp_path: Path, text: str) -> None:
    """A text that contains a key and something else is not sent."""
    file = tmp_path / "isams.key"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="contains more than the key") as caught:
        read_api_key(remote_source("https://x.example", api_key_env=None, api_key_file=file), {})

    assert KEY[:8] not in str(caught.value)


@pytest.mark.parametrize("text", ["isams.myschool.example", "isams.myschool.example/api", "10.1.2.3:443"])
def test_an_address_without_a_scheme(text: str) -> None:
    """The address of a server in place of the key is not sent."""
    with pytest.raises(ConfigError, match="contains an address instead of a key"):
        read_api_key(remote_source("https://x.example", api_key_env="KEY"), {"KEY": text})


@pytest.mark.parametrize(
    ("key", "looks_right"),
    [
        (KEY, True),
        (KEY.lower(), True),
        (f"{{{KEY}}}", True),
        (KEY[:-1], False),
        (KEY.replace("-", ""), False),
        ("keystone-77", False),
        ("YWJjZA==", False),
    ],
)
def test_a_key_that_looks_wrong(key: str, looks_right: bool) -> None:
    """Any other text than a GUID is sent, with a warning that does not show it."""
    with capture_logs() as logs:
        read = read_api_key(remote_source("https://isams.example", api_key_env="K"), {"K": key})

    assert read.secret == key
    assert [line["event"] for line in logs] == ([] if looks_right else ["key.looked_wrong"])
    assert key not in str(logs)


@needs_modes
@pytest.mark.parametrize(
    ("mode", "is_exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, True), (0o666, True)]
)
def test_a_key_that_others_may_read(tmp_path: Path, mode: int, is_exposed: bool) -> None:
    """A key file that other accounts may read or change is a warning with the command that fixes it."""
    file = tmp_path / "the key"
    file.write_text(KEY, encoding="utf-8")
    file.chmod(mode)

    with capture_logs() as logs:
        read_api_key(remote(file), {})

    expected = {
        "event": "key.exposed",
        "log_level": "warning",
        "setting": "isams.api_key_file",
        "hint": f"chmod 600 '{file}'",
    }
    assert logs == ([expected] if is_exposed else [])


def test_a_key_in_place_of_a_path(tmp_path: Path) -> None:
    """A key that was written where its file belongs is not shown."""
    with pytest.raises(ConfigError) as caught:
        read_api_key(remote(tmp_path / KEY), {})

    assert caught.value.message == f"the file that isams.api_key_file names does not exist: {tmp_path / '********'}"
