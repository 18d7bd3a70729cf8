"""Write a document without people, section by section, as the parser brings them."""

from collections.abc import Mapping
from typing import IO

from lxml import etree

from sdssync.isams.anonymise.disguise import Disguise
from sdssync.isams.anonymise.known import KNOWN, LEGACY, Holds, Known
from sdssync.isams.datasets import BY_SECTION
from sdssync.isams.records import finished_records

# a parser turns white space of an attribute, and a CR anywhere, into other white space unless it is written like this
_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)


class Writer:
    """Writes the sections that it takes; `finish` comes last."""

    def __init__(self, file: IO[str], disguise: Disguise) -> None:
        self.dropped_elements = 0
        """Those that the table of known ones does not have."""
        self.dropped_attributes = 0
        self._file = file
        self._disguise = disguise
        self._section = ""
        self._manager = ""
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<iSAMS>\n')

    def found(self, section: str) -> None:
        """Begin a section, in the element of its manager."""
        self._close_section()
        manager = BY_SECTION[section].manager
        if manager != self._manager:
            self._close_manager()
            self._file.write(f"<{manager}>\n")
            self._manager = manager
        self._file.write(f"<{section}>\n")
        self._section = section

    def take(self, section: etree._Element, *, finished: bool) -> None:
        """Write the finished records of a section."""
        if len(section):
            known = KNOWN[str(section.tag)]
            for record in finished_records(section, None if finished else section[-1]):
                self._write(record, known)
                self._file.write("\n")

    def finish(self) -> None:
        """Write the end."""
        self._close_section()
        self._close_manager()
        self._file.write("</iSAMS>\n")

    def _close_section(self) -> None:
        if self._section:
            self._file.write(f"</{self._section}>\n")
            self._section = ""

    def _close_manager(self) -> None:
        if self._manager:
            self._file.write(f"</{self._manager}>\n")
            self._manager = ""

    def _write(self, element: etree._Element, known: Known) -> None:
        """Write an element and what of it is known."""
        self._start(element, known.attributes)
        self._file.write(">")
        for child in element:
            if holds := known.texts.get(child.tag):
                self._write_text(child, holds)
            elif nested := known.children.get(child.tag):
                self._write(child, nested)
            else:
                self.dropped_elements += 1
        self._file.write(f"</{element.tag}>")

    def _write_text(self, element: etree._Element, holds: Holds) -> None:
        """Write an element with a text; one without stays without."""
        self.dropped_elements += len(element)
        self._start(element, {LEGACY: Holds.FLAG})
        text = self._escaped(holds, element.text or "")
        self._file.write(f">{text}</{element.tag}>" if text else " />")

    def _start(self, element: etree._Element, known: Mapping[str, Holds]) -> None:
        """Write the start tag, without its end."""
        self._file.write(f"<{element.tag}")
        present = [name for name in known if name in element.attrib]
        for name in present:
            self._file.write(f' {name}="{self._escaped(known[name], element.get(name, ""))}"')
        self.dropped_attributes += len(element.attrib) - len(present)

    def _escaped(self, holds: Holds, value: str) -> str:
        return self._disguise.of(holds, value).translate(_ESCAPED)
