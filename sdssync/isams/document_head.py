"""
Decide what a document is by its first bytes, before an XML parser sees it. No records are read here.

A DOCTYPE is refused, and so is any encoding in which the parser could see one that is not visible here.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from sdssync.errors import SourceUnavailableError, os_reason
from sdssync.files.regular import read_start
from sdssync.isams.error_documents import read_error_document
from sdssync.isams.failures import FailedAttempt, malformed
from sdssync.isams.origin import DOWNLOADED, Origin

HEAD_BYTES = 65_536
"""The root element must begin within so many bytes, and only so much of an error document is read."""

# XML 1.0, section 2.8: the declaration contains nothing else
_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(["'])1\.[0-9]+\1"""
    r"""(?:\s+encoding\s*=\s*(["'])([A-Za-z][A-Za-z0-9._-]*)\2)?"""
    r"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>"""
)
_NAME = re.compile(r"<([A-Za-z_:][\w:.-]*)")
_NAMESPACE = re.compile(r"""[^<>]*?\sxmlns\s*=\s*(["'])(?!\1)""")
"""The rest of a start tag with a default namespace that is not empty."""
_BLANKS = " \t\r\n"
_WIDE = {"utf-16", "utf-16le", "utf-16be", "unicode", "ucs-2", "iso-10646-ucs-2"}
# in these, every byte below 128 is the ASCII character, so the markup is the same here and in the parser
_NARROW = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolog:
    """What the beginning of an iSAMS document says about how to parse it."""

    encoding: str | None
    """To be given to the XML parser instead of the declared one; None: as declared, or by the byte order mark."""
    codec: str
    """The name that Python has for the encoding of the bytes."""


class _Remedy(Enum):
    """What the administrator can do about a flaw."""

    AGAIN = auto()
    """Get the document once more."""
    ANOTHER = auto()
    """Find out why it is something else."""


@dataclass(frozen=True, slots=True)
class _Flaw:
    """Why a document is not one of iSAMS."""

    message: str
    remedy: _Remedy

    def failure(self, origin: Origin) -> FailedAttempt:
        """Return it as a failed attempt, with a hint for documents of this origin."""
        again = f"{origin.again}; if it still fails, ask iSAMS support"
        return malformed(self.message, again if self.remedy is _Remedy.AGAIN else origin.another)


@dataclass(frozen=True, slots=True)
class _Root:
    """The root element, by its start tag."""

    name: str
    has_namespace: bool


def inspect(path: Path, origin: Origin = DOWNLOADED) -> Prolog:
    """
    Read the beginning of the file and check that it is an iSAMS document.

    Raises:
        SourceRefusedError: it is an iSAMS error document about the key or its rights.
        SourceUnavailableError: it is an iSAMS error document about a failure in iSAMS, or the file cannot be read.
        SourceMalformedError: it is anything else.

    """
    try:
        head = read_start(path, HEAD_BYTES)
    except OSError as error:
        raise SourceUnavailableError(
            f"the iSAMS document cannot be read: {os_reason(error)}",
            f"give the account under which sdssync runs the right to read {path}",
        ) from None
    prolog = classify(head, origin)
    if isinstance(prolog, FailedAttempt):
        raise prolog.error()
    return prolog


def classify(head: bytes, origin: Origin = DOWNLOADED) -> Prolog | FailedAttempt:
    """Return how to parse a document, by its first `HEAD_BYTES`; or why it is not an iSAMS document."""
    text, encoding = _decode(head)
    root = _root(text, is_complete=len(head) < HEAD_BYTES)
    if isinstance(root, _Root) and root.name == "Message" and (refusal := read_error_document(text)):
        if origin is DOWNLOADED:
            return refusal
        root = _Flaw(f"the document is an error document of iSAMS: {refusal.message}", _Remedy.ANOTHER)
    prolog = _prolog(root, text, encoding) if isinstance(root, _Root) else root
    return prolog if isinstance(prolog, Prolog) else prolog.failure(origin)


def head_text(head: bytes) -> str:
    """Decode the beginning of any answer, for its markup: other characters may be wrong."""
    return _decode(head)[0]


def _decode(head: bytes) -> tuple[str, str | None]:
    """
    Return the text, and the encoding that the bytes show; None if a character of the markup is one byte.

    Bytes beyond ASCII are decoded as Latin-1: only the markup matters here.
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


def _prolog(root: _Root, text: str, encoding: str | None) -> Prolog | _Flaw:
    """Return how to parse a document with this root element."""
    if root.name.rpartition(":")[2] != "iSAMS":
        return _Flaw("the document is XML, but its root element is not iSAMS", _Remedy.ANOTHER)
    if root.has_namespace:
        return _Flaw(
            "the root element of the document is in a namespace (xmlns), and that of the Batch API is in none",
            _Remedy.ANOTHER,
        )
    return _declared(text, encoding)


def _root(text: str, *, is_complete: bool) -> _Root | _Flaw:
    """Skip declaration, comments and processing instructions, and return the root element."""
    index = _skip_blanks(text, 0)
    if not text.strip(_BLANKS + "\0"):
        return _Flaw("the document is empty", _Remedy.AGAIN)
    if text[index] in "{[":
        return _Flaw("the document is JSON, not XML", _Remedy.ANOTHER)
    while True:
        if text.startswith("<!--", index):
            end = text.find("-->", index + 4)
        elif text.startswith("<?", index):
            end = text.find("?>", index + 2)
        elif text[index : index + 9].lower() == "<!doctype":
            return _doctype(text[index + 9 :])
        else:
            return _root_name(text, index, is_complete=is_complete)
        if end < 0:
            return _without_root(is_complete=is_complete)
        index = _skip_blanks(text, text.index(">", end) + 1)


def _skip_blanks(text: str, index: int) -> int:
    """Return the index of the first character from there on that is not white space."""
    while text[index : index + 1] and text[index] in _BLANKS:
        index += 1
    return index


def _root_name(text: str, index: int, *, is_complete: bool) -> _Root | _Flaw:
    """Return the element that begins at `index`."""
    name = _NAME.match(text, index)
    if name is None and text[index:] not in {"", "<"}:
        return _Flaw("the document is not XML", _Remedy.ANOTHER)
    if name is None or name.end() == len(text):
        return _without_root(is_complete=is_complete)
    if name[1].lower() in {"html", "head", "body"}:
        return _web_page()
    return _Root(name[1], has_namespace=":" in name[1] or bool(_NAMESPACE.match(text, name.end())))


def _doctype(rest: str) -> _Flaw:
    """Refuse a document type: that of a web page by its name, any other because it may define entities."""
    if rest.lstrip(_BLANKS)[:4].lower() == "html":
        return _web_page()
    return _Flaw("the document has a DOCTYPE, which an iSAMS document never has", _Remedy.ANOTHER)


def _web_page() -> _Flaw:
    return _Flaw("the document is a web page (HTML), perhaps a login page", _Remedy.ANOTHER)


def _without_root(*, is_complete: bool) -> _Flaw:
    if is_complete:
        return _Flaw("the document is truncated: it ends before its root element", _Remedy.AGAIN)
    return _Flaw(f"the document has no root element in its first {HEAD_BYTES} bytes", _Remedy.AGAIN)


def _declared(text: str, encoding: str | None) -> Prolog | _Flaw:
    """Return how to parse the document, by the encoding that it declares and the one that its bytes show."""
    declared = ""
    if text.startswith("<?xml"):
        declaration = _DECLARATION.match(text)
        if declaration is None:
            return _Flaw("the XML declaration of the document is not well formed", _Remedy.AGAIN)
        declared = (declaration[3] or "").lower()
    if declared and declared not in _WIDE | _NARROW:
        return _Flaw(
            "the document declares an encoding that is not UTF-8, UTF-16, ISO-8859-1 or windows-1252", _Remedy.AGAIN
        )
    if encoding == "utf-16":
        # lxml finds a byte order mark by itself, and has no name for "as the mark says"
        return Prolog(encoding=None, codec=encoding)
    if encoding is not None:
        return Prolog(encoding=encoding, codec=encoding.replace("utf-8", "utf-8-sig"))
    if declared in _WIDE:
        # iSAMS declares utf-16 and sends UTF-8 in its error documents
        return Prolog(encoding="utf-8", codec="utf-8")
    return Prolog(encoding=None, codec=declared or "utf-8")
