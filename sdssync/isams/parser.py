"""
Parse an iSAMS Batch document, block by block.

Finished records are removed from the tree at once, so memory grows with the school and not with the document. Nothing
is fetched and no entity is resolved. `records` knows what a record says.
"""

import codecs
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

from lxml import etree

from sdssync.errors import SourceUnavailableError, os_reason
from sdssync.files.regular import open_regular
from sdssync.isams import document_head
from sdssync.isams.completeness import check_complete
from sdssync.isams.damage import damage
from sdssync.isams.datasets import BY_SECTION, wanted_datasets
from sdssync.isams.document_head import Prolog
from sdssync.isams.origin import DOWNLOADED, Origin
from sdssync.isams.records import Reading, Records
from sdssync.school import GroupKind

_BLOCK = 65_536
_ROOT = "iSAMS"


class Sections(Protocol):
    """Takes the sections of a document, piece by piece."""

    def found(self, section: str) -> None:
        """Note that a section begins, even if it is empty."""

    def take(self, section: etree._Element, *, finished: bool) -> None:
        """Take the records of a section that are there by now, the last one only if the section is finished."""


def parse(
    path: Path,
    *,
    progress: Callable[[int], None],
    origin: Origin = DOWNLOADED,
    wanted: Collection[GroupKind] = (),
) -> Reading:
    """
    Read the document at `path`; `progress` takes the bytes read so far, and hints follow from `origin`.

    Sections of groups are read if they are there; those that are `wanted` must be.

    Raises:
        SourceError: it is not an iSAMS document, is truncated, contains an entity, or is not complete: one of the five
            sections is missing, or there is no pupil, no member of staff, no set or no set-list row; or the same of a
            group that is wanted.

    """
    records = Records()
    read_sections(path, records, progress=progress, origin=origin)
    check_complete(records.counts, wanted_datasets(wanted), origin)
    return records.reading()


def read_sections(
    path: Path, sections: Sections, *, progress: Callable[[int], None], origin: Origin = DOWNLOADED
) -> None:
    """
    Pass the sections of the document at `path` on, each record once, in their order.

    Raises:
        SourceError: it is not an iSAMS document, is truncated, or contains an entity.

    """
    try:
        prolog = document_head.inspect(path, origin)
        try:
            _feed(path, prolog, sections, progress)
        except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
            raise damage(path, prolog, origin, error) from None  # the parser's own text may quote the document
    except OSError as error:
        hint = "check the disk on which it is, and that the account of sdssync can read it"
        raise SourceUnavailableError(f"the document cannot be read: {os_reason(error)}", hint) from None


def _feed(path: Path, prolog: Prolog, sections: Sections, progress: Callable[[int], None]) -> None:
    """
    Feed the file to the parser block by block, and pass finished records on as they come.

    The bytes are decoded here too: libxml2 2.11, which the wheels of lxml for Windows carry, takes bytes that are not
    in the declared encoding for the end of the document, without an error.
    """
    decoder = codecs.getincrementaldecoder(prolog.codec)()
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=(_ROOT, *BY_SECTION),
        encoding=prolog.encoding,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: etree._Element | None = None
    section: etree._Element | None = None
    with open_regular(path) as file:
        block = b"before the first"
        while block:
            block = file.read(_BLOCK)
            decoder.decode(block, final=not block)
            parser.feed(block) if block else parser.close()
            for event, element in _events(parser):
                if root is None:
                    root = element
                elif event == "start" and _is_section(element, root):
                    section = element
                    sections.found(element.tag)
                elif event == "end" and element is section:
                    sections.take(element, finished=True)
                    element.clear()
                    section = None
            if section is not None:
                sections.take(section, finished=False)
            if root is not None:
                _prune(root, section)
            progress(file.tell())


def _events(parser: etree.XMLPullParser) -> "Iterator[tuple[str, etree._Element]]":
    """Return the events of the parser; those of these two types are always about an element."""
    return cast("Iterator[Any]", parser.read_events())


def _is_section(element: etree._Element, root: etree._Element) -> bool:
    """Return True for a section, and False for an element of the same name elsewhere in the document."""
    manager = element.getparent()
    return (
        element.tag in BY_SECTION
        and manager is not None
        and manager.tag == BY_SECTION[element.tag].manager
        and manager.getparent() is root
    )


def _prune(root: etree._Element, section: etree._Element | None) -> None:
    """Remove everything that is finished: all but the last child, from the root down to where the parser is."""
    node = root
    while len(node):
        del node[:-1]
        if node is section:
            return
        node = node[-1]
