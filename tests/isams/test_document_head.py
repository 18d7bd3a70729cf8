"""What kind of document it is, by its first bytes, before a parser sees it."""

from pathlib import Path

import pytest

from sdssync.errors import SourceError, SourceMalformedError, SourceRefusedError, SourceUnavailableError
from sdssync.isams.document_head import HEAD_BYTES, inspect
from sdssync.isams.origin import CACHED, RECORDED, Origin
from tests.support.fake_isams import recorded

ROOT = '<iSAMS><a title="é"/></iSAMS>'
AGAIN = "run it again; if it still fails, ask iSAMS support"
CHECK_URL = "check [isams] url: it is the address of the iSAMS server, and nothing on the way may ask for a login"
EMPTY = f"the document is empty ({AGAIN})"
JSON = f"the document is JSON, not XML ({CHECK_URL})"
NOT_XML = f"the document is not XML ({CHECK_URL})"
PAGE = f"the document is a web page (HTML), perhaps a login page ({CHECK_URL})"
OTHER = f"the document is XML, but its root element is not iSAMS ({CHECK_URL})"
TRUNCATED = f"the document is truncated: it ends before its root element ({AGAIN})"
ENDLESS = f"the document has no root element in its first 65536 bytes ({AGAIN})"
DECLARATION = f"the XML declaration of the document is not well formed ({AGAIN})"
ENCODING = f"the document declares an encoding that is not UTF-8, UTF-16, ISO-8859-1 or windows-1252 ({AGAIN})"
DOCTYPE = f"the document has a DOCTYPE, which an iSAMS document never has ({CHECK_URL})"
NAMESPACE = (
    f"the root element of the document is in a namespace (xmlns), and that of the Batch API is in none ({CHECK_URL})"
)


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n'


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        pytest.param(ROOT.encode(), None, id="no declaration"),
        pytest.param(f'<?xml version="1.0"?>{ROOT}'.encode(), None, id="no encoding"),
        pytest.param(
            f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>{ROOT}".encode(), None, id="single quotes"
        ),
        pytest.param((declared("utf-8") + ROOT).encode(), None, id="utf-8"),
        pytest.param((declared("ISO-8859-1") + ROOT).encode("latin-1"), None, id="latin-1"),
        pytest.param((declared("windows-1252") + ROOT).encode("cp1252"), None, id="windows-1252"),
        pytest.param((declared("latin1") + ROOT).encode("latin-1"), None, id="latin1, another name"),
        pytest.param((declared("cp1252") + ROOT).encode("cp1252"), None, id="cp1252, another name"),
        pytest.param((declared("utf8") + ROOT).encode(), None, id="utf8, another name"),
        pytest.param((declared("utf-8") + ROOT).encode("utf-8-sig"), "utf-8", id="utf-8 with byte order mark"),
        pytest.param(
            (declared("utf-16") + ROOT).encode("utf-8-sig"), "utf-8", id="byte order mark and another declaration"
        ),
        pytest.param((declared("utf-16") + ROOT).encode(), "utf-8", id="declared utf-16, sent as utf-8"),
        pytest.param((declared("utf-16") + ROOT).encode("utf-16"), None, id="utf-16 with mark"),
        pytest.param(b"\xfe\xff" + ROOT.encode("utf-16-be"), None, id="utf-16 big endian with mark"),
        pytest.param((declared("utf-16") + ROOT).encode("utf-16-le"), "utf-16le", id="utf-16 little endian, no mark"),
        pytest.param(ROOT.encode("utf-16-be"), "utf-16be", id="utf-16 big endian, no mark"),
        pytest.param(
            f"{declared('utf-8')}<!-- <!DOCTYPE x> --><?pi <a?> \r\n{ROOT}".encode(), None, id="comment and pi"
        ),
        pytest.param(b"<iSAMS>", None, id="a root element and nothing else"),
        pytest.param(
            b"<iSAMS xmlns='' xmlns:xsi='http://www.w3.org/'>", None, id="declared namespaces that are not used"
        ),
        pytest.param(b"<iSAMS><a xmlns='y'/>", None, id="a namespace elsewhere"),
        pytest.param(b"<iSAMS a='1'", None, id="truncated after the name of the root, which the parser refuses"),
        pytest.param(b"<!--" + b"x" * (HEAD_BYTES - 20) + b"--><iSAMS/>", None, id="as long as a prolog may be"),
    ],
)
def test_accepts_what_begins_like_an_isams_document(tmp_path: Path, data: bytes, encoding: str | None) -> None:
    """The beginning of an iSAMS document, in any encoding that it may have, decides how to parse the rest."""
    path = tmp_path / "isams.xml"
    path.write_bytes(data)

    prolog = inspect(path)

    assert prolog.encoding == encoding
    assert "<iSAMS" in data.decode(prolog.codec)
    assert not data.decode(prolog.codec).startswith("\ufeff")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"", EMPTY, id="empty"),
        pytest.param(b" \r\n\t", EMPTY, id="white space"),
        pytest.param(b"\xef\xbb\xbf", EMPTY, id="byte order mark alone"),
        pytest.param(b"\xff\xfe \x00", EMPTY, id="white space in utf-16"),
        pytest.param(bytes(70_000), EMPTY, id="zeros, as after a power failure"),
        pytest.param(b'{"iSAMS": {}}', JSON, id="json object"),
        pytest.param(b"\n[]", JSON, id="json list"),
        pytest.param(b"PK\x03\x04", NOT_XML, id="binary"),
        pytest.param(b"\x1f\x8b\x08\x00", NOT_XML, id="gzip"),
        pytest.param("\ufeff".encode("utf-32"), NOT_XML, id="utf-32"),
        pytest.param(b"Server Error", NOT_XML, id="plain text"),
        pytest.param(b"\x4c\x6f\xa7\x94\x93", NOT_XML, id="ebcdic"),
        pytest.param(b"<!ELEMENT a>", NOT_XML, id="a declaration outside a DOCTYPE"),
        pytest.param(b"< iSAMS>", NOT_XML, id="blank before the name"),
        pytest.param(b"<!DOCTYPE html><html>", PAGE, id="html"),
        pytest.param(b"<!doctype HTML PUBLIC '-//W3C//DTD'>", PAGE, id="old html"),
        pytest.param(b"<!-- hi --><HTML lang='en'>", PAGE, id="html without doctype"),
        pytest.param("<!DOCTYPE html><html>".encode("utf-16"), PAGE, id="html in utf-16"),
        pytest.param(b"<!DOCTYPE iSAMS [<!ENTITY a 'b'>]><iSAMS/>", DOCTYPE, id="doctype"),
        pytest.param(
            declared("utf-8").encode() + b"<!-- --><?a?><!DOCTYPE iSAMS><iSAMS/>", DOCTYPE, id="doctype, later"
        ),
        pytest.param("<!DOCTYPE iSAMS><iSAMS/>".encode("utf-16"), DOCTYPE, id="doctype in utf-16"),
        pytest.param("<!DOCTYPE iSAMS><iSAMS/>".encode("utf-16-le"), DOCTYPE, id="doctype in utf-16 without mark"),
        pytest.param(b"<!DOCTYPE Message><Message/>", DOCTYPE, id="error document with a doctype"),
        pytest.param(b"<Timetable/>", OTHER, id="another root"),
        pytest.param(b"<isams/>", OTHER, id="another case"),
        pytest.param(b"<x:iSAMS xmlns:x='y'/>", NAMESPACE, id="a namespace with a prefix"),
        pytest.param(b"<iSAMS xmlns='y'/>", NAMESPACE, id="a namespace"),
        pytest.param(b"<iSAMS a='1'\n xmlns = \"y\">", NAMESPACE, id="a namespace after an attribute"),
        pytest.param(declared("utf-16").encode() + b"<iSAMS xmlns='y'/>", NAMESPACE, id="after a declaration"),
        pytest.param(b"<iSAMSX/>", OTHER, id="a longer name"),
        pytest.param(b"<", TRUNCATED, id="one byte"),
        pytest.param(b"<iSA", TRUNCATED, id="truncated in the name of the root"),
        pytest.param(b"<?xml version='1.0'", TRUNCATED, id="truncated in the declaration"),
        pytest.param(declared("utf-8").encode(), TRUNCATED, id="declaration alone"),
        pytest.param(b"<!-- never ends", TRUNCATED, id="truncated in a comment"),
        pytest.param(b"<!--" + b"x" * 200_000 + b"--><iSAMS/>", ENDLESS, id="a comment without end"),
        pytest.param(b"<?pi?>" * 50_000, ENDLESS, id="instructions without end"),
        pytest.param(b"<?xml version='1.0'?>" + b" " * 200_000 + b"<iSAMS/>", ENDLESS, id="blanks without end"),
        pytest.param(b"<?xml encoding='utf-8'?><iSAMS/>", DECLARATION, id="no version"),
        pytest.param(b"<?xml version='1.0' standalone='yes' encoding='utf-7'?><iSAMS/>", DECLARATION, id="order"),
        pytest.param(b"<?xml version='1.0' encoding='utf-8' encoding='utf-7'?><iSAMS/>", DECLARATION, id="twice"),
        pytest.param(declared("utf-7").encode() + b"+ADwAIQ-DOCTYPE a+AD4-<iSAMS/>", NOT_XML, id="doctype in utf-7"),
        pytest.param(declared("utf-7").encode() + b"<iSAMS/>", ENCODING, id="utf-7"),
        pytest.param((declared("utf-7") + "<iSAMS/>").encode("utf-16"), ENCODING, id="utf-7 in utf-16"),
        pytest.param(declared("shift_jis").encode() + b"<iSAMS/>", ENCODING, id="shift_jis"),
    ],
)
def test_refuses_what_is_not_an_isams_document(tmp_path: Path, data: bytes, line: str) -> None:
    """Anything else is refused by its beginning, in one line that does not quote it."""
    path = tmp_path / "isams.xml"
    path.write_bytes(data)

    with pytest.raises(SourceMalformedError) as caught:
        inspect(path)

    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("origin", "hint"),
    [
        (CACHED, "download it again: `sdssync plan`"),
        (RECORDED, "name an XML document under [isams] file: the answer of xml.ashx, not of json.ashx"),
    ],
)
@pytest.mark.parametrize(
    "data",
    [b'{"iSAMS": {}}', b"<html>", b"<Timetable/>", b"<iSAMS xmlns='y'/>", b"text", b"<!DOCTYPE a>"],
    ids=["json", "html", "another root", "namespace", "text", "doctype"],
)
def test_hints_follow_the_origin(tmp_path: Path, data: bytes, origin: Origin, hint: str) -> None:
    """What to do about a document that is something else depends on where it comes from."""
    path = tmp_path / "isams.xml"
    path.write_bytes(data)

    with pytest.raises(SourceMalformedError) as caught:
        inspect(path, origin)

    assert caught.value.hint == hint


def test_a_recorded_error_document(tmp_path: Path) -> None:
    """An error document that the settings name is not the document, and its hint does not speak of a key."""
    path = tmp_path / "isams.xml"
    path.write_bytes(recorded("invalid-api-key").body)

    with pytest.raises(SourceMalformedError) as caught:
        inspect(path, RECORDED)

    assert str(caught.value) == (
        "the document is an error document of iSAMS: iSAMS does not know the API key "
        "(name an XML document under [isams] file: the answer of xml.ashx, not of json.ashx)"
    )


PANEL = "in the iSAMS control panel, API Services Manager"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        pytest.param("invalid-api-key", SourceRefusedError, "iSAMS does not know the API key", id="key"),
        pytest.param(
            "methods-not-allocated",
            SourceRefusedError,
            "the API key lacks Pupil Manager: Current Students; Teaching Manager: Teaching Sets",
            id="datasets",
        ),
        pytest.param(
            "deadlock", SourceUnavailableError, "the iSAMS database was busy (deadlock or lock)", id="deadlock"
        ),
    ],
)
@pytest.mark.parametrize(
    "encoding",
    [
        pytest.param("utf-8", id="sent as utf-8"),
        pytest.param("utf-8-sig", id="utf-8 with byte order mark"),
        pytest.param("utf-16", id="utf-16 with mark"),
        pytest.param("utf-16-le", id="utf-16 without mark"),
    ],
)
def test_reads_error_documents(tmp_path: Path, name: str, kind: type[SourceError], message: str, encoding: str) -> None:
    """An error document, always declared as utf-16, becomes the error that it describes, in any encoding."""
    path = tmp_path / "isams.xml"
    path.write_bytes(recorded(name).body.decode("utf-8").encode(encoding))

    with pytest.raises(kind) as caught:
        inspect(path)

    assert caught.value.message == message


def test_unreadable_file(tmp_path: Path) -> None:
    """A file that no longer exists is a source that is not available, and there is no traceback."""
    with pytest.raises(SourceUnavailableError) as caught:
        inspect(tmp_path / "isams.xml")

    assert caught.value.message.startswith("the iSAMS document cannot be read: ")
