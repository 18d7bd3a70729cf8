"""
What kind of document is this, told from its first bytes, before any XML parser sees it. No records are read here.

A DOCTYPE is refused here, and an encoding in which one could hide: whatever passes is plain to the parser too.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sdssync.errors import SourceUnavailableError, os_reason
from sdssync.isams.error_documents import read_error_document
from sdssync.isams.failures import FailedAttempt, malformed

HEAD_BYTES = 65_536
"""The root element must begin within so many bytes; an error document is looked at no further."""

_AGAIN = "run it again; if it stays so, ask iSAMS support"
_CHECK_URL = "check [isams] url: it is the address of the iSAMS server, and nothing on the way may ask for a login"

# XML 1.0, section 2.8: nothing else may stand in the declaration
_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(["'])1\.[0-9]+\1"""
    r"""(?:\s+encoding\s*=\s*(["'])([A-Za-z][A-Za-z0-9._-]*)\2)?"""
    r"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>"""
)
_NAME = re.compile(r"<([A-Za-z_:][\w:.-]*)")
_BLANKS = " \t\r\n"
_WIDE = {"utf-16", "utf-16le", "utf-16be", "unicode", "ucs-2", "iso-10646-ucs-2"}
# every byte below 128 is the ASCII character in these, so that the markup reads the same here and in the parser
_NARROW = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolog:
    """What the beginning of an iSAMS document says to those who parse the rest."""

    encoding: str | None
    """What the XML parser must be told, whatever is declared; None: as declared, or by the byte order mark."""


def inspect(path: Path) -> Prolog:
    """
    Read the beginning of the file and make sure that it is that of an iSAMS document.

    Raises:
        SourceRefusedError: it is an error document of iSAMS: the key, or its rights.
        SourceUnavailableError: it is an error document about a failure in iSAMS, or the file cannot be read.
        SourceMalformedError: it is anything else.

    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise SourceUnavailableError(
            f"the iSAMS document cannot be read: {os_reason(error)}",
            "give the account under which sdssync runs the right to read the state folder",
        ) from None
    found = classify(head)
    if isinstance(found, FailedAttempt):
        raise found.error()
    return found


def classify(head: bytes) -> Prolog | FailedAttempt:
    """Tell from the first `HEAD_BYTES` of a document how to parse it, or why it is no iSAMS document."""
    text, encoding = _decode(head)
    root = _root(text, whole=len(head) < HEAD_BYTES)
    if isinstance(root, FailedAttempt):
        return root
    if root == "Message" and (refusal := read_error_document(text)):
        return refusal
    if root != "iSAMS":
        return malformed("the document is XML, but its root element is not iSAMS", _CHECK_URL)
    return _declared(text, encoding)


def head_text(head: bytes) -> str:
    """Decode the beginning of any answer, for its markup: other characters may come out wrong."""
    return _decode(head)[0]


def _decode(head: bytes) -> tuple[str, str | None]:
    """
    Return the text and the encoding that the bytes show, None if they are of one byte a character.

    Bytes beyond ASCII stand for themselves: what matters here is the markup.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace"), "utf-16"
    if head.startswith(b"<\0"):
        return head.decode("utf-16-le", errors="replace"), "utf-16le"
    if head.startswith(b"\0<"):
        return head.decode("utf-16-be", errors="replace"), "utf-16be"
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:].decode("latin-1"), "utf-8"
    return head.decode("latin-1"), None


def _root(text: str, *, whole: bool) -> str | FailedAttempt:
    """Walk over declaration, comments and processing instructions to the root element, and return its name."""
    place = _skip_blanks(text, 0)
    if not text.strip(_BLANKS + "\0"):
        return malformed("the document is empty", _AGAIN)
    if text[place] in "{[":
        return malformed("the document is JSON, not XML", _CHECK_URL)
    while True:
        if text.startswith("<!--", place):
            end = text.find("-->", place + 4)
        elif text.startswith("<?", place):
            end = text.find("?>", place + 2)
        elif text[place : place + 9].lower() == "<!doctype":
            return _doctype(text[place + 9 :])
        else:
            return _root_name(text, place, whole=whole)
        if end < 0:
            return _endless(whole=whole)
        place = _skip_blanks(text, text.index(">", end) + 1)


def _skip_blanks(text: str, place: int) -> int:
    """Return the place of the first character from here on that is not white space."""
    while text[place : place + 1] and text[place] in _BLANKS:
        place += 1
    return place


def _root_name(text: str, place: int, *, whole: bool) -> str | FailedAttempt:
    """Return the name of the element that begins here."""
    name = _NAME.match(text, place)
    if name is None and text[place:] not in {"", "<"}:
        return malformed("the document is not XML", _CHECK_URL)
    if name is None or name.end() == len(text):
        return _endless(whole=whole)
    return _web_page() if name[1].lower() in {"html", "head", "body"} else name[1]


def _doctype(rest: str) -> FailedAttempt:
    """Refuse a document type: that of a web page by its name, any other as a danger."""
    if rest.lstrip(_BLANKS)[:4].lower() == "html":
        return _web_page()
    return malformed(
        "the document has a DOCTYPE, which an iSAMS document never has",
        "find out where the document comes from: who answers at [isams] url",
    )


def _web_page() -> FailedAttempt:
    return malformed("the document is a web page (HTML), perhaps a login page", _CHECK_URL)


def _endless(*, whole: bool) -> FailedAttempt:
    if whole:
        return malformed("the document is cut: it ends before its root element", _AGAIN)
    return malformed(f"the document has no root element in its first {HEAD_BYTES} bytes", _AGAIN)


def _declared(text: str, encoding: str | None) -> Prolog | FailedAttempt:
    """Compare what is declared with what the bytes show."""
    declared = ""
    if text.startswith("<?xml"):
        declaration = _DECLARATION.match(text)
        if declaration is None:
            return malformed("the XML declaration of the document is not well formed", _AGAIN)
        declared = (declaration[3] or "").lower()
    if declared and declared not in _WIDE | _NARROW:
        return malformed(
            "the document declares an encoding that is not UTF-8, UTF-16, ISO-8859-1 or windows-1252", _AGAIN
        )
    if encoding is not None:
        # lxml finds a byte order mark by itself, and knows no name for "as the mark says"
        return Prolog(encoding=None if encoding == "utf-16" else encoding)
    # declared utf-16 and sent as UTF-8: that is what iSAMS does in its error documents
    return Prolog(encoding="utf-8" if declared in _WIDE else None)
