"""
Find out what is wrong with a document that is not well-formed XML, and where: it is read a second time for that.

A message names the kind, the record by its iSAMS id, line and column. It never quotes the document.
"""

import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, cast

from lxml import etree

from sdssync.errors import RefusedDocumentError
from sdssync.files.regular import open_regular
from sdssync.isams.datasets import BY_SECTION, EMPTY_CACHE, Dataset
from sdssync.isams.document_head import Prolog
from sdssync.isams.origin import Origin

_BLOCK = 65_536
_DEPTH = 4
"""Of a record: root, manager, section, record."""
_MARKUP = 9
"""The parser reports a truncated `<![CDATA[` at its beginning."""
_PLAIN_ID = re.compile(r"-?[0-9]{1,20}")
"""What an iSAMS id looks like; any other text is not shown."""


class _Kind(Enum):
    """What is wrong, as the message says it."""

    TRUNCATED = "is truncated (it ends before its root element is closed)"
    CHARACTER = "contains a character that XML forbids (a control character)"
    ENCODING = "contains bytes that are not {encoding}"
    AFTER_ROOT = "contains something after the end of its root element"
    ENTITY = "contains an entity, or an & that is not escaped"
    LIMIT = "contains a text of more than 10 MB, or too many levels of elements"
    OTHER = "is not well-formed XML"


_KINDS = {
    getattr(etree.ErrorTypes, name, None): kind
    for kind, names in {
        _Kind.CHARACTER: ("ERR_INVALID_CHAR", "ERR_INVALID_CHARREF"),
        _Kind.ENCODING: ("ERR_INVALID_ENCODING",),
        _Kind.AFTER_ROOT: ("ERR_DOCUMENT_END",),
        _Kind.ENTITY: (
            "ERR_UNDECLARED_ENTITY",
            "WAR_UNDECLARED_ENTITY",
            "ERR_ENTITYREF_SEMICOL_MISSING",
            "ERR_ENTITY_LOOP",
        ),
        _Kind.LIMIT: ("ERR_RESOURCE_LIMIT",),
    }.items()
    for name in names
}
"""The kinds of the parser's errors; those that are not here are `OTHER`."""


class _Position(NamedTuple):
    """A line and a column, both counted from 1, in characters."""

    line: int
    column: int

    def after(self, text: str) -> "_Position":
        """Return the position after a text that begins here."""
        newlines = text.count("\n")
        return _Position(self.line + newlines, len(text) - text.rfind("\n") if newlines else self.column + len(text))


@dataclass(frozen=True, slots=True)
class _Damage:
    """What was found first."""

    kind: _Kind
    position: _Position


class _Trail:
    """Where the parser is in the document: the open elements, and the last complete record."""

    def __init__(self) -> None:
        self.last = ""
        """The last complete record, as type and id."""
        self.is_closed = False
        """True after the end of the root element."""
        self._open: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note the beginning of an element."""
        self._open.append((tag, attributes.get("Id", "")))

    def end(self, _: str) -> None:
        """Note the end of an element."""
        if len(self._open) == _DEPTH:
            self.last = self.record or self.last
        self._open.pop()
        self.is_closed = not self._open

    def close(self) -> None:
        """Do nothing: lxml calls this at the end."""

    @property
    def dataset(self) -> Dataset | None:
        """The dataset whose section is open."""
        return BY_SECTION.get(self._open[2][0]) if len(self._open) >= _DEPTH - 1 else None

    @property
    def record(self) -> str:
        """The open record, as type and id; "" if none is open."""
        if len(self._open) < _DEPTH or not self.dataset or self._open[3][0] != self.dataset.record:
            return ""
        tag, record_id = self._open[3]
        return f"{tag} {record_id}" if _PLAIN_ID.fullmatch(record_id) else f"a {tag}"


def damage(
    path: Path, prolog: Prolog, origin: Origin, error: etree.XMLSyntaxError | UnicodeDecodeError
) -> RefusedDocumentError:
    """
    Return the error for a document that `isams.parser` refuses with this error.

    Raises:
        OSError: the file cannot be read.

    """
    trail = _Trail()
    found = _examine(path, prolog, trail)
    if found is None:  # well-formed: only the tree has a limit that is exceeded
        where = "at its end"
        if isinstance(error, etree.XMLSyntaxError):
            where = f"line {error.lineno}, column {error.offset}"
        return RefusedDocumentError(
            f"the iSAMS document {_Kind.LIMIT.value}: {where}", _hint(_Kind.LIMIT, trail, origin)
        )
    what = found.kind.value.format(encoding=prolog.codec.removesuffix("-sig").upper())
    record = [f"in {trail.record}"] if trail.record else []
    before = f"after {trail.last}" if trail.last else "before the end of the first record"
    where = ", ".join([*record, before, f"line {found.position.line}", f"column {found.position.column}"])
    return RefusedDocumentError(f"the iSAMS document {what}: {where}", _hint(found.kind, trail, origin))


def _hint(kind: _Kind, trail: _Trail, origin: Origin) -> str:
    """Return what to do about a kind of damage."""
    support = "ask iSAMS support"
    if kind is _Kind.TRUNCATED:
        return f"{origin.again}; if it still fails, {support}"
    if kind is _Kind.CHARACTER:
        where = f'under "{trail.dataset.label}" ' if trail.dataset else ""
        record = trail.record or (f"the record after {trail.last}" if trail.last else "the first record")
        return (
            f"find {record} {where}in iSAMS, and retype its texts (often one was pasted from Word); "
            f"{EMPTY_CACHE}; then {origin.again}"
        )
    if kind is _Kind.ENCODING:
        return f"look for what recodes the document on its way, a proxy or an editor; if nothing does, {support}"
    if kind is _Kind.AFTER_ROOT:
        return f"look for what adds to the document on its way, a proxy or an editor; if nothing does, {support}"
    return f"look at that line and column of the document, and {support}"


def _examine(path: Path, prolog: Prolog, trail: _Trail) -> _Damage | None:
    """Read the document until its bytes, or the parser, show what is wrong; None: neither does."""
    parser = etree.XMLParser(
        target=cast("Any", trail), encoding=prolog.encoding, no_network=True, resolve_entities=False
    )
    decoder = codecs.getincrementaldecoder(prolog.codec)()
    end = _Position(1, 1)
    etree.clear_error_log()
    try:
        with open_regular(path) as file:
            while block := file.read(_BLOCK):
                state = decoder.getstate()
                try:
                    end = end.after(decoder.decode(block))
                except UnicodeDecodeError as error:
                    good = block[: max(0, error.start - len(error.object) + len(block))]
                    decoder.setstate(state)
                    end = end.after(decoder.decode(good))
                    parser.feed(good)
                    return _Damage(_Kind.ENCODING, end)
                parser.feed(block)
        parser.close()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:  # half a character after the end
        return _Damage(_Kind.ENCODING, end)
    except etree.XMLSyntaxError as error:
        return _of_parser(error, trail, _end(path, prolog))
    return None


def _of_parser(error: etree.XMLSyntaxError, trail: _Trail, end: _Position) -> _Damage:
    """Return what the parser found first."""
    # an entity is only in the log: the error itself then says that there is no element at all
    first = next(iter(cast("Iterable[Any]", error.error_log)), None)
    position = _Position(first.line, first.column) if first else _Position(error.lineno or 1, error.offset or 1)
    kind = _KINDS.get(first.type, _Kind.OTHER) if first else _Kind.OTHER
    is_at_end = position.line == end.line and position.column >= end.column - _MARKUP
    # libxml2 2.11, of the wheels for Windows, finds something after a root that is still open
    if not trail.is_closed and (is_at_end or kind is _Kind.AFTER_ROOT):
        return _Damage(_Kind.TRUNCATED, position)
    return _Damage(kind, position)


def _end(path: Path, prolog: Prolog) -> _Position:
    """Return where the document ends."""
    decoder = codecs.getincrementaldecoder(prolog.codec)(errors="replace")
    end = _Position(1, 1)
    with open_regular(path) as file:
        while block := file.read(_BLOCK):
            end = end.after(decoder.decode(block))
    return end
