"""The result of `sdssync record`: what was written, as JSON and as text for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sdssync.report.json_result import json_result
from sdssync.report.names import counted
from sdssync.report.screen import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A document without people that was written."""

    file: Path
    bytes: int
    pupils: int
    staff: int
    teaching_sets: int
    memberships: int
    dropped_elements: int
    """Of the records that are in it."""
    dropped_attributes: int
    profiles: tuple[str, ...]
    """Those whose sets were compared."""


def recorded_json(recorded: Recorded) -> str:
    """Return what was written as the documented JSON."""
    return json_result(
        file=str(recorded.file),
        bytes=recorded.bytes,
        pupils=recorded.pupils,
        staff=recorded.staff,
        sets=recorded.teaching_sets,
        memberships=recorded.memberships,
        dropped={"elements": recorded.dropped_elements, "attributes": recorded.dropped_attributes},
        profiles=list(recorded.profiles),
    )


def recorded_lines(recorded: Recorded) -> Iterator[Line]:
    """Yield what was written and dropped, what was proved, and what to do before it is sent."""
    yield Line(f"written: {recorded.file}", "bold")
    yield Line(
        f"  {counted(recorded.pupils, 'pupil', 'pupils')}, {recorded.staff:,} staff, "
        f"{counted(recorded.teaching_sets, 'teaching set', 'teaching sets')}, "
        f"{counted(recorded.memberships, 'row', 'rows')} of set lists; names, addresses, dates and ids are invented"
    )
    if recorded.dropped_elements or recorded.dropped_attributes:
        yield Line(
            f"  dropped: {counted(recorded.dropped_elements, 'element', 'elements')} and "
            f"{counted(recorded.dropped_attributes, 'attribute', 'attributes')} that sdssync does not know"
        )
    compared = f"; alike but for that: the sets of {', '.join(recorded.profiles)}" if recorded.profiles else ""
    yield Line(f"  checked: no name, address or date of the real document is in it{compared}")
    yield Line("Look at it before you send it: it is text, and any editor or browser shows it.")
