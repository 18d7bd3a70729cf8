"""A document that is not well-formed: the message says what is wrong and where, and quotes nothing of it."""

import re
from pathlib import Path

import pytest

from sdssync.errors import RefusedDocumentError
from sdssync.isams import parser
from sdssync.isams.origin import CACHED, RECORDED, Origin
from tests.support.builders import Document, PupilRecord, SetListRecord

XML = Document(
    pupils=(PupilRecord(id="33", school_id="9033"), PupilRecord(id="34", school_id="9034", surname="Reed")),
    set_lists=(SetListRecord(school_id="9033"), SetListRecord(school_id="9034")),
).xml()
CHARACTER = "contains a character that XML forbids (a control character)"
UTF_8 = "contains bytes that are not UTF-8"
AFTER = "contains something after the end of its root element"
ENTITY = "contains an entity, or an & that is not escaped"
OTHER = "is not well-formed XML"
TRUNCATED = "is truncated (it ends before its root element is closed)"
SAVE = '"Save & Close" on the properties of the key in the API Services Manager empties the cache of iSAMS at once'


def refusal(folder: Path, data: str | bytes) -> RefusedDocumentError:
    """Parse a document that is refused, and return the error."""
    file = folder / "isams.xml"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(RefusedDocumentError) as caught:
        parser.parse(file, progress=lambda _: None)
    assert "\n" not in str(caught.value)
    for private in ("Quill", "Reed", "uuml", "school.example"):
        assert private not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        pytest.param("Reed", "Re\x01d", CHARACTER, "in Pupil 34, after Pupil 33", id="control character"),
        pytest.param("Reed", "Re\x00d", CHARACTER, "in Pupil 34, after Pupil 33", id="zero"),
        pytest.param("Reed", "Re\ufffed", CHARACTER, "in Pupil 34, after Pupil 33", id="no character"),
        pytest.param("Reed", "Re&#x1F;d", CHARACTER, "in Pupil 34, after Pupil 33", id="hexadecimal reference"),
        pytest.param("Reed", "Re&#11;d", CHARACTER, "in Pupil 34, after Pupil 33", id="decimal reference"),
        pytest.param("Reed", "Re&#0;d", CHARACTER, "in Pupil 34, after Pupil 33", id="reference to zero"),
        pytest.param("Reed", "Re&#xD800;d", CHARACTER, "in Pupil 34, after Pupil 33", id="reference to half a pair"),
        pytest.param('Id="34"', 'Id="34&#x1F;"', CHARACTER, "after Pupil 33", id="in an attribute"),
        pytest.param("<iSAMS>", "<iSAMS>\x02", CHARACTER, "before the end of the first record", id="before records"),
        pytest.param(
            '<Set Id="11"', '<Set Id="11"><Name>\x1f</Name></Set><Set Id="12"', CHARACTER,
            "in Set 11, after Department 1", id="in a set",
        ),
        pytest.param("Reed", "R&uuml;d", ENTITY, "in Pupil 34, after Pupil 33", id="entity"),
        pytest.param("Reed", "R&S", ENTITY, "in Pupil 34, after Pupil 33", id="& before a word"),
        pytest.param("Reed", "R < S & T", OTHER, "in Pupil 34, after Pupil 33", id="not escaped"),
        pytest.param("Reed</Surname>", "Reed", OTHER, "in Pupil 34, after Pupil 33", id="an end is missing"),
        pytest.param('<Pupil Id="34"', '<Pupil Id="34', OTHER, "after Pupil 33", id="a quote is missing"),
        pytest.param('<Pupil Id="34"', "<Pupil Id=34", OTHER, "after Pupil 33", id="no quotes"),
        pytest.param('<Pupil Id="34"', '<Pupil Id="Quill" Id="3"', OTHER, "after Pupil 33", id="a repeated attribute"),
        pytest.param("</iSAMS>", "</iSAMS><iSAMS/>", AFTER, "after SetList", id="two roots"),
        pytest.param("</iSAMS>", "</iSAMS>Quill", AFTER, "after SetList", id="text after the root"),
        pytest.param("</iSAMS>", "</iSAMS>\0\0", AFTER, "after SetList", id="zeros after the root"),
        pytest.param("</iSAMS>", "", TRUNCATED, "after SetList", id="no end"),
    ],
)  # fmt: skip
def test_what_and_where(tmp_path: Path, old: str, new: str, what: str, where: str) -> None:
    """The message has the kind, the record by its id, line and column."""
    message = refusal(tmp_path, XML.replace(old, new)).message

    assert message.startswith(f"the iSAMS document {what}: {where}")
    assert re.search(r", line [0-9]+, column [0-9]+$", message)


@pytest.mark.parametrize(
    ("declared", "encoding", "bad", "name"),
    [
        pytest.param("utf-8", "utf-8", b"\xfc", "UTF-8", id="Latin-1 in UTF-8"),
        pytest.param("utf-8", "utf-8-sig", b"\xfc", "UTF-8", id="Latin-1 after a mark"),
        pytest.param("utf-8", "utf-8", b"\xed\xa0\x80", "UTF-8", id="half a pair"),
        pytest.param("us-ascii", "ascii", b"\xc3\xbc", "US-ASCII", id="UTF-8 in ASCII"),
        pytest.param("windows-1252", "cp1252", b"\x81", "WINDOWS-1252", id="no character of windows-1252"),
        pytest.param("utf-16", "utf-16-le", b"\x00\xd8", "UTF-16LE", id="half a pair in UTF-16"),
    ],
)
@pytest.mark.parametrize("padding", [0, 70_000], ids=["first block", "second block"])
def test_bytes_of_another_encoding(
    tmp_path: Path, declared: str, encoding: str, bad: bytes, name: str, padding: int
) -> None:
    """The message has the encoding, and the position of the first bytes that are not in it."""
    text = XML.replace('"utf-8"', f'"{declared}"').replace("<iSAMS>", f"<iSAMS><!--{'x' * padding}-->")
    before, after = text.split("Reed")
    lines = before.split("\n")
    data = before.encode(encoding) + bad + after.encode(encoding.removesuffix("-sig"))

    message = refusal(tmp_path, data).message

    assert message == (
        f"the iSAMS document contains bytes that are not {name}: in Pupil 34, after Pupil 33, "
        f"line {len(lines)}, column {len(lines[-1]) + 1}"
    )


@pytest.mark.parametrize(
    ("declared", "bad"), [("us-ascii", b"\xc3\xbc"), ("windows-1252", b"\x81"), ("utf-8", b"\xfc")]
)
def test_bytes_of_another_encoding_in_the_last_record(tmp_path: Path, declared: str, bad: bytes) -> None:
    """They are not taken for the end of the document, after which it would be complete and lack rows."""
    before, _, after = XML.replace('"utf-8"', f'"{declared}"').encode().rpartition(b"9034")

    message = refusal(tmp_path, before + bad + after).message

    assert message.startswith(f"the iSAMS document contains bytes that are not {declared.upper()}: in SetList ")


@pytest.mark.parametrize("text", [XML, XML.replace("\n", ""), XML.replace("Quill", "Bl\u00fcte 😀")], ids=range(3))
def test_truncated_anywhere(tmp_path: Path, text: str) -> None:
    """Wherever a document ends too early, it is truncated, and nothing else is said about it."""
    whole = text.encode().rstrip()
    file = tmp_path / "isams.xml"
    first = whole.index(b"<HRManager")
    for length in range(first, len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(RefusedDocumentError) as caught:
            parser.parse(file, progress=lambda _: None)
        assert caught.value.message.startswith(f"the iSAMS document {TRUNCATED}: ")
        assert caught.value.hint == "run it again; if it still fails, ask iSAMS support"


@pytest.mark.parametrize("old", ["Re\x01d", "Re&#11;d", "R&uuml;d", "R < S", "R&S"])
def test_only_what_is_truncated_is_called_so(tmp_path: Path, old: str) -> None:
    """Damage in the middle of a document is not called truncated."""
    error = refusal(tmp_path, XML.replace("Reed", old).replace("Quill", "Reed"))

    assert "truncated" not in str(error)
    assert not error.hint.startswith("run it again")


def test_hint_for_a_control_character(tmp_path: Path) -> None:
    """It says where to look in iSAMS, and how the correction gets into the next answer."""
    error = refusal(tmp_path, XML.replace("Reed", "Re\x1fd"))

    assert error.hint == (
        'find Pupil 34 under "Pupil Manager: Current Students" in iSAMS, and retype its texts '
        f"(often one was pasted from Word); {SAVE}; then run it again"
    )


def test_hint_for_a_control_character_in_an_attribute(tmp_path: Path) -> None:
    """Where the id of the record is not known, the one before it is named."""
    error = refusal(tmp_path, XML.replace('Id="34"', 'Id="\x1f34"'))

    assert error.hint.startswith('find the record after Pupil 33 under "Pupil Manager: Current Students" in iSAMS')


def test_an_id_that_is_a_text_is_not_shown(tmp_path: Path) -> None:
    """Only a number is shown as an id."""
    error = refusal(tmp_path, XML.replace('Id="34"', 'Id="Quill"').replace("Reed", "\x01"))

    assert "in a Pupil, after Pupil 33" in error.message


@pytest.mark.parametrize(
    ("origin", "again"), [(CACHED, "download it again: `sdssync plan`"), (RECORDED, "record the document again")]
)
def test_hints_follow_the_origin(tmp_path: Path, origin: Origin, again: str) -> None:
    """A document that was not downloaded now is not made anew by another run."""
    file = tmp_path / "isams.xml"
    file.write_text(XML[:-30], encoding="utf-8")

    with pytest.raises(RefusedDocumentError) as caught:
        parser.parse(file, progress=lambda _: None, origin=origin)

    assert caught.value.hint == f"{again}; if it still fails, ask iSAMS support"


def test_a_text_without_end(tmp_path: Path) -> None:
    """A text that is too long for the parser is named as such."""
    error = refusal(tmp_path, XML.replace("Reed", "R" * 11_000_000))

    assert "contains a text of more than 10 MB, or too many levels of elements" in error.message
