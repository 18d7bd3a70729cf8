"""Since when and until when the generations of a profile had something."""

from datetime import date

import pytest

from sdssync.publish.manifest import ClassSources
from sdssync.roster.sources import ClassKind
from sdssync.safety.csv_set import UserRow
from sdssync.safety.presence import Presence, Seen, Sighting, classes_of, sources_of

ROW = UserRow("ada@pupils.school.example", "", "", "student", "07", "8889999")
MADE_OF: ClassSources = {
    ClassKind.SET: {"11": ("11",)},
    ClassKind.MERGED: {"joint": ("12", "13")},
    ClassKind.FORM: {"form-12": ("12",)},
}


def presence(pattern: str) -> Presence:
    """Make generations 1, 2 ... that have someone (x) or not (.), or are damaged (?)."""
    return Presence(
        sightings=tuple(
            Sighting(
                generation=number,
                day=date(2026, 9, number),
                seen=Seen(user=ROW if mark == "x" else None),
                made_of={},
            )
            for number, mark in enumerate(pattern, 1)
            if mark != "?"
        ),
        damaged=tuple(number for number, mark in enumerate(pattern, 1) if mark == "?"),
    )


@pytest.mark.parametrize(
    ("pattern", "spans"),
    [
        pytest.param("", [], id="no generation"),
        pytest.param("...", [], id="never"),
        pytest.param("xxx", [(1, 3, None, True)], id="always"),
        pytest.param(".xx", [(2, 3, None, False)], id="came"),
        pytest.param("xx.", [(1, 2, 3, True)], id="left"),
        pytest.param(".x.x", [(2, 2, 3, False), (4, 4, None, False)], id="came twice"),
    ],
)
def test_spans(pattern: str, spans: list[tuple[int, int, int | None, bool]]) -> None:
    """A span begins with the first generation that has it, and ends before the first that has not."""
    found = presence(pattern).spans(lambda seen: seen.user)

    assert [
        (span.first.generation, span.last.generation, span.gone.generation if span.gone else None, span.is_oldest)
        for span in found
    ] == spans


@pytest.mark.parametrize(
    ("pattern", "unseen", "is_oldest"),
    [
        pytest.param("x?", [(2,)], [True], id="the newest"),
        pytest.param("x??.", [(2, 3)], [True], id="when it left"),
        pytest.param(".?x", [()], [True], id="when it came"),
        pytest.param("x?x.", [()], [True], id="within"),
        pytest.param("x.?x?", [(), (5,)], [True, True], id="twice"),
    ],
)
def test_damaged_generations(pattern: str, unseen: list[tuple[int, ...]], is_oldest: list[bool]) -> None:
    """Next to a damaged generation it is not known when something came or left."""
    found = presence(pattern).spans(lambda seen: seen.user)

    assert [span.unseen for span in found] == unseen
    assert [span.is_oldest for span in found] == is_oldest


def test_what_classes_were_made_of() -> None:
    """A merged class is made of sets; a form may have the id of a set."""
    assert classes_of(MADE_OF, frozenset({(ClassKind.SET, "12")})) == {"joint"}
    assert classes_of(MADE_OF, frozenset({(ClassKind.FORM, "12")})) == {"form-12"}
    assert sources_of(MADE_OF, "joint") == ((ClassKind.SET, "12"), (ClassKind.SET, "13"))
    assert sources_of(MADE_OF, "404") == ()
