"""The texts of an element of an iSAMS document, as our values have them."""

from lxml import etree

BLANKS = " \t\r\n"


def text_of(raw: str | None) -> str:
    """Return the text, or "" if it is only white space: blank, tab, CR or LF, but not a no-break space."""
    return raw if raw and raw.strip(BLANKS) else ""


def fields_of(record: etree._Element, *names: str) -> dict[str, str | None]:
    """Map names of a record's elements to their raw texts: "" for an empty element; absent elements are omitted."""
    return {child.tag: child.text or "" for child in record.iterchildren(*names)}
