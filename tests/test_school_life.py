"""
The safety gates in made schools of 40, 300, 1,200 and 4,000 pupils: what passes, what is held, and by which gate.

What is expected is computed by `tests.support.gate_arithmetic` from the rows of the school. To see the tables:

    pytest tests/test_school_life.py -k tables -s
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

import pytest

from tests.support import exact_changes as change
from tests.support import school_life as life
from tests.support.gate_arithmetic import Annals, Figure, tripped
from tests.support.gate_boundaries import BOUNDARIES, Boundary, only
from tests.support.made_school import School, dice, make_school
from tests.support.night_tables import DISASTERS, ORDINARY
from tests.support.nights import FIRST_DAY, Diary, Night
from tests.support.school_life import Event

pytestmark = pytest.mark.portable

SIZES = (40, 300, 1200, 4000)
SEED = 5
each_size = pytest.mark.parametrize(
    "size", [40, 300, pytest.param(1200, marks=pytest.mark.torture), pytest.param(4000, marks=pytest.mark.torture)]
)
smallest_and_largest = pytest.mark.parametrize("size", [40, pytest.param(4000, marks=pytest.mark.torture)])

Nights = tuple[Event, ...]
"""What happens before each of several nights."""


_MATHS = partial(life.re_setting, subjects=["Ma"], years=range(3, 12))
_THREE = partial(life.re_setting, subjects=["Ma", "Sc", "Fr"], years=range(3, 12))
SCHOOL_LIFE: Mapping[str, Nights] = {
    "1% of the pupils leave": (partial(life.share_lost, percent=1),),
    "the median teacher leaves": (life.median_teacher_leaves,),
    "the busiest teacher leaves": (life.busiest_teacher_leaves,),
    "carousel: the sets of all years hand on": (life.carousel,),
    "re-setting: mathematics, everyone": (partial(_MATHS, percent=100),),
    "re-setting: three subjects, a fifth": (partial(_THREE, percent=20),),
    "re-setting: three subjects, everyone": (partial(_THREE, percent=100),),
    "half term: carousel, mathematics a day later": (life.carousel, partial(_MATHS, percent=100)),
    "half term: carousel, a fifth of three subjects": (life.carousel, partial(_THREE, percent=20)),
    "exam leave, off the set lists": (life.exam_leave,),
    "exam leave, not current": (life.exam_leave_not_current,),
    "the oldest year leaves": (life.leavers,),
    "the next academic year": (life.rollover,),
}
"""What happens to a school in a year, each after an ordinary night."""


@cache
def school_of(size: int) -> School:
    """Return the school of this size."""
    return make_school(size)


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    """An installation with the default limits."""
    return Diary(tmp_path / "nights")


@each_size
def test_the_published_set_is_the_one_of_the_model(diary: Diary, size: int) -> None:
    """The program makes of the document the very rows that the arithmetic counts."""
    school = school_of(size)

    assert diary.night(school).counts == school.rows().counts
    assert diary.published() == school.rows()


@each_size
@pytest.mark.parametrize("event", [*ORDINARY, *DISASTERS, *SCHOOL_LIFE])
def test_an_event_counts_as_the_model_says(tmp_path: Path, size: int, event: str) -> None:
    """A set that an event makes has the rows of the model, whether it is published or held."""
    events = SCHOOL_LIFE.get(event) or (({**ORDINARY, **DISASTERS})[event],)
    school = life.in_turn(*events)(school_of(size), dice(SEED))
    diary = Diary(tmp_path / "nights")

    night = diary.night(school)

    assert (night.outcome, night.counts) == ("published", school.rows().counts)
    assert diary.published() == school.rows()


@each_size
@pytest.mark.parametrize("event", ORDINARY)
def test_an_ordinary_night_passes(diary: Diary, size: int, event: str) -> None:
    """One to three people come or go, a teacher changes, a class is added, a title is corrected: no gate trips."""
    before, after = school_of(size), ORDINARY[event](school_of(size), dice(SEED))
    diary.night(before)

    night = diary.night(after)

    assert (night.exit_code, night.gates) == (0, ())
    assert night.outcome == ("published" if after != before else "unchanged")
    assert diary.published() == after.rows()


@each_size
@pytest.mark.parametrize("event", DISASTERS)
def test_a_disaster_is_held(diary: Diary, size: int, event: str) -> None:
    """A set that has lost much, or replaced much, is held by the gates of the arithmetic, and the old one stays."""
    before, after = school_of(size), DISASTERS[event](school_of(size), dice(SEED))
    diary.night(before)

    night = diary.night(after)

    assert (night.exit_code, night.outcome) == (4, "held")
    assert gates_of(night) == gates(tripped(before.rows(), after.rows()))
    assert diary.published() == before.rows()


@each_size
@pytest.mark.parametrize("event", SCHOOL_LIFE)
def test_school_life(diary: Diary, size: int, event: str) -> None:
    """Each night of an event is held by the gates of the arithmetic, or passes."""
    for school, expected, night in played(diary, size, SCHOOL_LIFE[event]):
        assert gates_of(night) == gates(expected.values())
        assert (night.outcome == "held", night.counts) == (bool(expected), school.rows().counts)


@pytest.mark.parametrize("size", [40, *(pytest.param(size, marks=pytest.mark.torture) for size in SIZES[1:])])
def test_churn_passes(diary: Diary, size: int) -> None:
    """In 65 nights of ordinary coming and going nothing is held, although `window` adds up thirty of them."""
    nights = [night for _, _, night in played(diary, size, (life.churn,) * 65)]

    assert {night.outcome for night in nights} <= {"published", "unchanged"}
    assert [night.names for night in nights] == [set()] * 65


HELD_LOSSES = {300: [6, 12, 17, 24, 31, 38, 44, 50, 56], 1200: [6, 12, 18, 24, 30, 36, 42, 48, 54, 60]}
"""
The nights in which a loss of 1% each night is held, when each is approved.

Of 300 pupils and 25 teachers 5% are 16; three go each night, so the fifth makes 15 and the sixth 18. Of the 307 users
who are left 5% are 15, which the next six nights exceed, and so on.
"""


@pytest.mark.torture
@pytest.mark.parametrize("size", HELD_LOSSES)
def test_a_loss_of_a_hundredth_each_night(diary: Diary, size: int) -> None:
    """Each loss of 1% passes `last`; `window` holds the night that exceeds 5% since the last approval, and again."""
    school, annals, rng, held = school_of(size), Annals(), dice(SEED), []
    annals.publish(diary.today, school.rows())
    diary.night(school)
    for number in range(1, 61):
        school = life.share_lost(school, rng, percent=1)
        expected = annals.judge(diary.today, school.rows())
        night = diary.night(school)
        assert night.names == expected.keys()
        if night.outcome == "held":
            held.append(number)
            assert night.names == {("users", "window")}
            assert diary.approve(night).exit_code == 0
            annals.approve(night.day, school.rows())
        else:
            annals.publish(night.day, school.rows())
        assert diary.published() == school.rows()

    assert held == HELD_LOSSES[size]


@pytest.mark.parametrize("size", HELD_LOSSES)
def test_the_held_losses_by_arithmetic(size: int) -> None:
    """The arithmetic holds the same nights, each by `users` and `window` alone."""
    school, annals, rng, held = school_of(size), Annals(), dice(SEED), []
    annals.publish(FIRST_DAY, school.rows())
    for number in range(1, 61):
        school, day = life.share_lost(school, rng, percent=1), FIRST_DAY + timedelta(days=number)
        if expected := annals.judge(day, school.rows()):
            assert expected.keys() == {("users", "window")}
            held.append(number)
            annals.approve(day, school.rows())
        else:
            annals.publish(day, school.rows())

    assert held == HELD_LOSSES[size]


def test_a_held_loss_is_held_until_it_is_approved(diary: Diary) -> None:
    """Without an approval each further night is held too, and the published set stays."""
    school, rng = school_of(300), dice(SEED)
    diary.night(school)
    published = school
    outcomes = []
    for _ in range(8):
        school = life.share_lost(school, rng, percent=1)
        night = diary.night(school)
        outcomes.append(night.outcome)
        published = school if night.outcome == "published" else published
        assert diary.published() == published.rows()

    assert outcomes == ["published"] * 5 + ["held"] * 3


@pytest.mark.torture
def test_what_left_long_ago_no_longer_counts(diary: Diary) -> None:
    """One of 300 pupils in two nights is 15 in a window and 30 in all: the limit of 16 would hold the latter."""
    school, annals = school_of(300), Annals()
    leaving = iter(sorted(school.pupils))
    for number in range(60):
        if number % 2:
            school = life.without_pupils(school, [next(leaving)])
        judged = annals.judge(diary.today, school.rows())
        annals.publish(diary.today, school.rows())
        night = diary.night(school)
        outcome = "published" if number % 2 or not number else "unchanged"
        assert (night.outcome, night.names, judged) == (outcome, set(), {})

    total = [figure for figure in tripped(school_of(300).rows(), school.rows()) if figure.gate == "users"]
    assert [(figure.counted, figure.passes) for figure in total] == [(30, 16)]


@smallest_and_largest
@pytest.mark.parametrize("about", BOUNDARIES)
def test_the_last_number_that_passes(tmp_path: Path, size: int, about: str) -> None:
    """For each gate the last number passes by the default limit, and one more is held by this gate."""
    boundary, school, passes = boundary_of(about, size)
    over, at = boundary.change(school, passes + 1), boundary.change(school, passes)
    diary = Diary(tmp_path / "nights", only(boundary.gate))
    diary.night(school)

    held, published = diary.night(over), diary.night(at)

    assert (held.outcome, boundary.gate in gates_of(held)) == ("held", True)
    [removed] = {gate.removed for gate in held.gates if gate.gate == boundary.gate}
    assert removed in {figure.counted for figure in boundary.held(school, over)}
    assert (published.outcome, gates_of(published)) == ("published", set())
    assert diary.published() == at.rows()


@pytest.mark.parametrize("size", [40, 300, 1200, pytest.param(4000, marks=pytest.mark.torture)])
@pytest.mark.parametrize("about", BOUNDARIES)
def test_the_boundary_by_arithmetic(size: int, about: str) -> None:
    """The number from the defaults is the last that passes also in the arithmetic of the rows, for each size."""
    boundary, school, passes = boundary_of(about, size)

    assert boundary.held(school, boundary.change(school, passes)) == []
    assert boundary.held(school, boundary.change(school, passes + 1)) != []


def boundary_of(about: str, size: int) -> tuple[Boundary, School, int]:
    """Return a boundary, a school that it can hold, and how many pass there."""
    boundary, school = BOUNDARIES[about], school_of(size)
    if size < boundary.smallest:
        pytest.skip("the gate does not judge so few")
    return boundary, school, boundary.passes(school)


@pytest.mark.torture
def test_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Print the boundaries and what school life does, by arithmetic and by the program, as Markdown."""
    lines = [*boundary_table(), "", *life_table(tmp_path)]
    with capsys.disabled():
        print("\n" + "\n".join(lines))  # noqa: T201  (the purpose of this test)


def boundary_table() -> Iterator[str]:
    """Yield what passes and what is held in each school, by the defaults."""
    yield from _head("gate", "counts")
    for boundary in BOUNDARIES.values():
        cells = []
        for size in SIZES:
            passes = boundary.passes(school_of(size))
            cells.append(f"{passes} / {passes + 1}" if size >= boundary.smallest else "never")
        yield _line(f"`{boundary.gate}`", boundary.about, *cells)
    yield _line("any", "pupils of all years leave in one night", *(_leavers(school_of(size)) for size in SIZES))


def _leavers(school: School) -> str:
    """Return how many pupils may leave with all gates in force, and which gate holds one more."""
    for count in range(1, len(school.pupils)):
        if found := tripped(school.rows(), change.fewer_pupils(school, count).rows()):
            return f"{count - 1} / {count} {', '.join(sorted(gates(found)))}"
    return "all"


def life_table(folder: Path) -> Iterator[str]:
    """Yield what each event does to each school: by which gates it is held, or that it passes."""
    cases: dict[str, Nights] = {name: (event,) for name, event in {**ORDINARY, **DISASTERS}.items()}
    yield from _head("event", "says")
    for number, (name, events) in enumerate({**cases, **SCHOOL_LIFE}.items()):
        by_model, by_program = [], []
        for size in SIZES:
            *_, (school, expected, night) = played(Diary(folder / f"{number}-{size}"), size, events)
            if school.rows() == school_of(size).rows():
                by_model.append("nothing changes")
                by_program.append(night.outcome)
                continue
            by_model.append(_figures({key: (figure.counted, figure.of) for key, figure in expected.items()}))
            found = _figures({(gate.gate, gate.baseline): (gate.removed, gate.of) for gate in night.gates})
            by_program.append("no gates yet" if night.plan is None else found)
        yield _line(name, "arithmetic", *by_model)
        yield _line("", "program", *by_program)


def _figures(found: Mapping[tuple[str, str], tuple[int, int]]) -> str:
    """Return the gates with what they count; those of `window` only where `last` does not say the same."""
    return (
        "; ".join(
            f"`{gate}` {counted} of {of}" + (" (window)" if baseline == "window" else "")
            for (gate, baseline), (counted, of) in found.items()
            if baseline == "last" or found.get((gate, "last")) != (counted, of)
        )
        or "passes"
    )


def _head(*titles: str) -> Iterator[str]:
    yield _line(*titles, *(f"{size:,} pupils" for size in SIZES))
    yield "|" + "---|" * (len(titles) + len(SIZES))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def played(
    diary: Diary, size: int, events: Sequence[Event]
) -> Iterator[tuple[School, Mapping[tuple[str, str], Figure], Night]]:
    """Play an ordinary night and one after each event: the school, what the arithmetic holds, and the night."""
    school, annals, rng = school_of(size), Annals(), dice(SEED)
    annals.publish(diary.today, school.rows())
    diary.night(school)
    for event in events:
        school = event(school, rng)
        rows = school.rows()
        expected = annals.judge(diary.today, rows)
        if not expected:
            annals.publish(diary.today, rows)
        yield school, expected, diary.night(school)


def gates(found: Iterable[Figure]) -> set[str]:
    """Return the names of gates."""
    return {figure.gate for figure in found}


def gates_of(night: Night) -> set[str]:
    """Return the names of the gates that the program reports."""
    return {gate.gate for gate in night.gates}
