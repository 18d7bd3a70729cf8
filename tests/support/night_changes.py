"""
Changes for bad nights: what may go wrong in an iSAMS document, and in the files of an installation.

Each function returns a change: of the root of a document, or of the folder of an installation.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from lxml import etree

DOCUMENT = Path("fixtures/isams/hartley.xml")
"""The document of the demo, in the folder of an installation."""
CACHED = Path("state/isams.xml")
"""The document that was downloaded last."""
STAFF = "HRManager/CurrentStaff/StaffMember"
PUPILS = "PupilManager/CurrentPupils/Pupil"
SUBJECTS = "TeachingManager/Departments/Department/Subjects/Subject"
SETS = "TeachingManager/Sets/Set"
SET_TEACHERS = f"{SETS}/Teachers/Teacher"
SET_LISTS = "TeachingManager/SetLists/SetList"

_PUBLISHED_AT = re.compile(r'(?<="published_at": ")[^"]+')
Root = etree._Element
DocumentChange = Callable[[Root], None]
FileChange = Callable[[Path], None]
Choice = Callable[[int, Root], bool]
"""Chooses records by their index in the section, from 0, and by what they are."""


def everyone(index: int, record: Root) -> bool:
    """Choose every record."""
    del index, record
    return True


def every(step: int, first: int = 0) -> Choice:
    """Choose one record in `step`, from the index `first` on."""
    return lambda index, _: index % step == first


def but(chosen: Choice) -> Choice:
    """Choose the other records."""
    return lambda index, record: not chosen(index, record)


def in_years(*years: int) -> Choice:
    """Choose the pupils of some years."""
    chosen = frozenset(map(str, years))
    return lambda _, record: record.findtext("NCYear") in chosen


def with_id(*ids: int, attribute: str = "Id") -> Choice:
    """Choose records by an attribute."""
    chosen = frozenset(map(str, ids))
    return lambda _, record: record.get(attribute) in chosen


def lose(path: str, chosen: Choice = everyone) -> DocumentChange:
    """Remove records or elements."""

    def change(root: Root) -> None:
        for element in _chosen(root, path, chosen):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    return change


def write(path: str, name: str, text: str | Callable[[str], str], chosen: Choice = everyone) -> DocumentChange:
    """Write a text, or what a function makes of the old one, to an element of each record, or to an "@attribute"."""

    def change(root: Root) -> None:
        for record in _chosen(root, path, chosen):
            old = _read(record, name)
            _write(record, name, text if isinstance(text, str) else text(old))

    return change


def rotate(path: str, name: str, chosen: Choice) -> DocumentChange:
    """Give each chosen record the text of the one before; the first gets that of the last."""

    def change(root: Root) -> None:
        records = _chosen(root, path, chosen)
        texts = [_read(record, name) for record in records]
        for record, text in zip(records, [texts[-1], *texts[:-1]], strict=True):
            _write(record, name, text)

    return change


def all_of(*changes: DocumentChange) -> DocumentChange:
    """Make several changes of a document one after another."""

    def change(root: Root) -> None:
        for one in changes:
            one(root)

    return change


def in_document(change: DocumentChange, file: Path = DOCUMENT, *, into: Path | None = None) -> FileChange:
    """Change a document on disk, or write what it becomes to another file."""

    def rewrite(folder: Path) -> None:
        tree = etree.parse(folder / file)
        change(tree.getroot())
        target = folder / (into or file)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(etree.tostring(tree, encoding="utf-8", xml_declaration=True))

    return rewrite


def replace(file: str, old: str, new: str) -> FileChange:
    """Replace a text that a file of the installation has exactly once."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return change


def append(file: str, text: str) -> FileChange:
    """Add a table at the end of a file."""

    def change(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return change


def without_table(file: str, name: str) -> FileChange:
    """Remove a table from a file: its header, and what follows as far as the next header."""

    def change(folder: Path) -> None:
        before, header, after = (folder / file).read_text(encoding="utf-8").partition(f"[{name}]\n")
        assert header, f"{file} has no [{name}]"
        _, bracket, others = after.partition("\n[")
        (folder / file).write_text(before + bracket[1:] + others, encoding="utf-8")

    return change


def remove(*names: str) -> FileChange:
    """Remove files and folders."""

    def change(folder: Path) -> None:
        for name in names:
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    return change


def rename(old: str, new: str) -> FileChange:
    """Rename a file."""

    def change(folder: Path) -> None:
        (folder / old).rename(folder / new)

    return change


def aged(file: Path, *, hours: int) -> FileChange:
    """Make a file look as if it had been written so many hours ago."""

    def change(folder: Path) -> None:
        then = time.time() - hours * 3600
        os.utime(folder / file, (then, then))

    return change


def published_earlier(*, days: int) -> FileChange:
    """
    Make every generation look as if it had been published so many days earlier.

    Retention goes by the clock of the server, which a test cannot move.
    """

    def change(folder: Path) -> None:
        for manifest in folder.glob("state/profiles/*/[0-9]*/manifest.json"):
            text = manifest.read_text(encoding="utf-8")
            earlier = datetime.fromisoformat(_PUBLISHED_AT.findall(text)[0]) - timedelta(days=days)
            manifest.write_text(_PUBLISHED_AT.sub(earlier.isoformat(), text), encoding="utf-8")

    return change


def both(*changes: FileChange) -> FileChange:
    """Make several changes of an installation one after another."""

    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def nothing(folder: Path) -> None:
    """Change nothing."""
    del folder


def _chosen(root: Root, path: str, chosen: Choice) -> list[Root]:
    """Return the chosen elements of a path; a path that finds nothing is a mistake of the test."""
    found: Iterable[Root] = root.findall(path)
    elements = [element for index, element in enumerate(found) if chosen(index, element)]
    assert elements, f"nothing to change: {path}"
    return elements


def _read(record: Root, name: str) -> str:
    return (record.get(name[1:]) if name.startswith("@") else record.findtext(name)) or ""


def _write(record: Root, name: str, text: str) -> None:
    if name.startswith("@"):
        record.set(name[1:], text)
        return
    element = record.find(name)
    assert element is not None, f"no {name} in {record.tag}"
    element.text = text
