"""The API key: where it is read, and that it is never shown."""

import codecs
import traceback
from pathlib import Path

import pytest

from sdssync.config.api_key import ApiKey, read_api_key
from sdssync.config.settings import RemoteSource
from sdssync.errors import ConfigError
from tests.support.installation import remote_source

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


INNER = "contains white space or control characters inside the key"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(None, "does not exist", id="missing"),
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(codecs.BOM_UTF8 + b" \r\n", "is empty", id="white space alone"),
        pytest.param(f"{KEY[:8]} {KEY[8:]}".encode(), INNER, id="blank inside"),
        pytest.param(f"{KEY}\n{KEY}".encode(), INNER, id="two lines"),
        pytest.param(f"{KEY}\x07".encode(), INNER, id="control character"),
        pytest.param(f"{KEY}\u200b".encode(), INNER, id="zero-width space"),
        pytest.param(f"{KEY}\xe9".encode("latin-1"), "is neither UTF-8 nor UTF-16 text", id="latin-1"),
        pytest.param(
            codecs.BOM_UTF16_LE + KEY.encode("utf-16-le") + b"x", "is neither UTF-8 nor UTF-16 text", id="odd"
        ),
        pytest.param(KEY.encode() * 2_000, "is larger than 64 KiB", id="another file"),
    ],
)
def test_wrong_key_file(tmp_path: Path, data: bytes | None, expected: str) -> None:
    """A text that cannot be a key is reported without the text, and without the name of the file."""
    file = tmp_path / "isams.key"
    if data is not None:
        file.write_bytes(data)

    with pytest.raises(ConfigError) as caught:
        read_api_key(remote(file), {})

    assert caught.value.message == f"the file that isams.api_key_file names {expected}"
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
