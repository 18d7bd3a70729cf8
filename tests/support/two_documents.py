"""
Two iSAMS documents side by side, the real one and the one without people: what became of what, and what leaks.

Made from the reference of the Batch API and from none of our code. ElementTree reads them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from unicodedata import category
from xml.etree import ElementTree as ET

SECTIONS = (
    "HRManager/CurrentStaff", "PupilManager/CurrentPupils", "TeachingManager/Departments", "TeachingManager/Sets",
    "TeachingManager/SetLists", "SchoolManager/Forms", "SchoolManager/AcademicHouses", "SchoolManager/BoardingHouses",
    "SchoolManager/Years",
)  # fmt: skip
PERSONAL = frozenset({
    "Initials", "Title", "Forename", "Middlename", "MiddleNames", "Surname", "Fullname", "FullName",
    "Preferredname", "PreferredName", "EmailAddress", "SchoolEmailAddress", "DOB", "MobileNumber", "EnrolmentDate",
    "Gender", "PupilType", "Description",
})  # fmt: skip
"""Elements with something personal: names, addresses, days, telephone numbers, free texts."""
FLAGS = frozenset({"Legacy", "PrimaryTeacher", "TeachingStaff"})


@dataclass(kw_only=True)
class Pairs:
    """What each value became, by the name of its attribute or element."""

    became: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, name: str, real: str, invented: str) -> None:
        """Note one more."""
        self.became.setdefault((name, real), set()).add(invented)

    def of(self, real: str, *names: str) -> str | None:
        """Return what a value became where it has one of these names."""
        found = {one for (name, value), many in self.became.items() if name in names and value == real for one in many}
        assert len(found) <= 1
        return next(iter(found), None)


def pair(real: str | bytes, invented: str | bytes) -> Pairs:
    """Walk through both documents in step; they have the same records with the same known elements, in one order."""
    pairs = Pairs()
    one, other = _parse(real), _parse(invented)
    for path in SECTIONS:
        mine, theirs = _records(one, path), _records(other, path)
        assert [record.tag for record in mine] == [record.tag for record in theirs]
        for record, image in zip(mine, theirs, strict=True):
            _pair(record, image, pairs)
    return pairs


def _pair(real: ET.Element, invented: ET.Element, pairs: Pairs) -> None:
    assert set(invented.attrib) <= set(real.attrib)
    for name, value in invented.attrib.items():
        pairs.add(name, real.attrib[name], value)
    if real.text and real.text.strip() and real.tag not in {"Subjects", "Teachers"} and len(invented) == len(real) == 0:
        pairs.add(real.tag, real.text, invented.text or "")
    for name in dict.fromkeys(child.tag for child in invented):
        for child, image in zip(real.findall(name), invented.findall(name), strict=True):
            _pair(child, image, pairs)


def texts_of(document: str | bytes) -> Iterator[tuple[str, str]]:
    """Yield every attribute and text of a document, with its name; text between elements has the name `tail`."""
    for element in _parse(document).iter():
        yield from element.attrib.items()
        if element.text:
            yield element.tag, element.text
        if element.tail and element.tail.strip():
            yield "tail", element.tail


def leaks(real: str | bytes, invented: str | bytes) -> list[str]:
    """
    Return what of the real document is in the other one.

    Its personal values and their words, of three characters at least: words in any text or attribute, values in what is
    personal.
    """
    needles = {text.strip().lower() for name, text in texts_of(real) if name in PERSONAL}
    values = {needle for needle in needles if len(needle) >= 3 and any(map(str.isalnum, needle))}
    words = {word for value in values for word in re.findall(r"[^\W\d_]{3,}", value)} - {"local"}
    found = list(texts_of(invented))
    every = "\n".join(text.lower() for name, text in found if name not in FLAGS and "Guid" not in name)
    personal = "\n".join(text.lower() for name, text in found if name in PERSONAL)
    days = {value[:10] for value in values if re.match(r"\d{4}-\d\d-\d\d", value)}
    return [word for word in words if word in every] + [value for value in values | days if value in personal]


def unfaithful(real: str | bytes, invented: str | bytes) -> list[str]:
    """Return what of the shape is lost, character by character, and which ids are no longer as alike as they were."""
    pairs = pair(real, invented)
    faults = [f"{name} has several" for (name, _), many in pairs.became.items() if len(many) > 1]
    faults += [name for (name, value), many in pairs.became.items() for image in many if not _alike(value, image)]
    for names in _IDENTIFIERS:
        images: dict[str, set[str]] = {}
        for (name, value), many in pairs.became.items():
            if name in names:
                images.setdefault(value, set()).update(many)
        faults += [f"{names} split" for many in images.values() if len(many) > 1]
        together = [image for many in images.values() for image in many]
        faults += [f"{names} joined"] * (len(together) != len(set(together)))
    return faults


_IDENTIFIERS = (
    {"SchoolId"}, {"SetId"}, {"SubjectId"}, {"StaffId", "TutorId", "HouseMasterId"}, {"PupilId"}, {"Form"},
    {"EmailAddress"}, {"SchoolEmailAddress"}, {"UserCode", "Tutor"},
)  # fmt: skip
"""Names of one kind of id: within each, two values are the same after as they were before, and never else."""


def _alike(value: str, image: str) -> bool:
    if re.match(r"\d{4}-\d\d-\d\d", value):
        return bool(re.match(r"18\d\d-\d\d-\d\d", image))
    if re.fullmatch(r"[0-9A-Fa-f-]{36}", value):
        return len(image) == 36
    return list(map(_shape, value)) == list(map(_shape, image))


def _shape(character: str) -> str:
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character.isdigit():
        return "9"
    return "symbol" if category(character) == "So" else character


def _records(root: ET.Element, path: str) -> list[ET.Element]:
    return [record for section in root.findall(path) for record in section]


def _parse(document: str | bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314  (no one else has written it)
