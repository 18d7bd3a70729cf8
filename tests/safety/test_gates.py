"""The gates against a second opinion that shares no code, on sets near every limit, in both formats."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.config import safety
from sdssync.publish.manifest import ClassSources
from sdssync.roster.sources import ClassKind
from sdssync.safety.changes import Changes
from sdssync.safety.counts import BaselineName, Case
from sdssync.safety.csv_set import CsvSet, read_set
from sdssync.safety.gates import GATES, Measure, measure
from tests.support.gate_oracle import Limits, PlainSet, all_tripped
from tests.support.set_pairs import limits, triples, write_set

pytestmark = pytest.mark.portable

DAY = date(2026, 11, 25)


def limit(value: str | int) -> safety.Limit:
    """Return a limit as the settings have it."""
    return value if isinstance(value, int) else safety.Percentage(Decimal(value.removesuffix("%")))


def configured(plain: Limits) -> safety.Safety:
    """Return the limits of the second opinion as settings."""
    names = [field.name for field in fields(safety.Limits)]
    return safety.Safety(
        limits=safety.Limits(**{name: (limit(getattr(plain, name)),) for name in names}),
        tolerated=safety.Tolerated(
            users=plain.tolerated_users, classes=plain.tolerated_classes, enrollments=plain.tolerated_enrollments
        ),
        window=30,
        keep_address=7,
        freeze=tuple(safety.Freeze(first, last) for first, last in plain.freeze),
    )


def written(plain: PlainSet, folder: Path, version: str) -> CsvSet:
    """Write a set and read it as the gates do."""
    folder.mkdir()
    write_set(plain, folder, version)
    return read_set(folder)


def sources(kinds: Mapping[str, str]) -> ClassSources:
    """Return kinds by class as a manifest has them; what a class is made of is no matter of the gates."""
    return {kind: {class_id: () for class_id in kinds if kinds[class_id] == kind} for kind in ClassKind}


@st.composite
def kinds_of(draw: st.DrawFn, old: PlainSet, new: PlainSet) -> dict[str, str]:
    """Draw kinds of the classes of a baseline: of two kinds all, or all but one, are gone."""
    gone = sorted(old.classes.keys() - new.classes.keys())
    left = sorted(old.classes.keys() & new.classes.keys())
    cut = draw(st.sampled_from((0, 2, 3, 4)))
    chosen = {"form": gone[:cut], "year": gone[cut:], "set": left}
    if draw(st.booleans()) and left:
        chosen["form"] = [*chosen["form"], left[0]]
        chosen["set"] = left[1:]
    return {class_id: kind for kind, classes in chosen.items() for class_id in classes}


def measured(
    sets: dict[BaselineName, CsvSet],
    new: CsvSet,
    plain: Limits,
    changed: Collection[str],
    kinds: Mapping[str, Mapping[str, str]],
) -> list[Measure]:
    """Return what the gates count against each baseline."""
    changes = {name: Changes(old=old, new=new) for name, old in sets.items()}
    return [
        found
        for name in sets
        for found in measure(
            Case(
                name=name,
                changes=changes[name],
                last=changes.get(BaselineName.LAST),
                safety=configured(plain),
                day=DAY,
                changed_keys=("suffix",) if name in changed else (),
                is_pinned=False,
                old_kinds=sources(kinds.get(name, {})),
            )
        )
    ]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_gates_agree_with_a_second_opinion(data: st.DataObject) -> None:
    """Nothing beyond a gate passes, nothing within all gates is held, and every gate says how near it came."""
    plain = data.draw(limits())
    window, last, new = data.draw(triples(plain))
    baselines = {"last": last, "window": window}
    if data.draw(st.booleans()):
        baselines["folder"] = data.draw(st.sampled_from([window, last]))
    kinds = {name: data.draw(kinds_of(old, new)) for name, old in (("last", last), ("window", window))}
    changed = data.draw(st.sets(st.sampled_from(["last", "window"])))
    versions = data.draw(st.lists(st.sampled_from(["v2", "v2.1"]), min_size=4, max_size=4))
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sets = {
            BaselineName(name): written(each, folder / name, version)
            for (name, each), version in zip(baselines.items(), versions, strict=False)
        }
        found = measured(sets, written(new, folder / "new", versions[-1]), plain, changed, kinds)
    tripped = {(each.figures.gate, str(each.figures.baseline)) for each in found if each.has_tripped}

    assert tripped == all_tripped(baselines, new, plain, settings_changed=changed, day=DAY, kinds=kinds)
    assert [each.used > 1 for each in found] == [each.has_tripped for each in found]
    assert [each.figures.gate for each in found if each.figures.baseline is BaselineName.LAST] == [
        name for name, gate in GATES.items() if BaselineName.LAST in gate.against
    ]


def test_of_two_limits_the_one_that_allows_less_counts() -> None:
    """A profile with a count is stricter than a share where the share allows more, and the other way round."""
    five = safety.Limits(max_removed_users=(safety.Percentage(Decimal(5)),))
    both = five.and_also(safety.Limits(max_removed_users=(8,)))

    assert [limit for limit in both.max_removed_users if safety.allowed(limit, 400) < 10] == [8]
    assert [limit for limit in both.max_removed_users if safety.allowed(limit, 100) < 8] == [five.max_removed_users[0]]


def test_a_freeze_includes_both_days() -> None:
    """The first and the last day of a freeze are in it, the days around them are not."""
    freeze = safety.Freeze(DAY, DAY + timedelta(days=2))
    plain = configured(Limits(freeze=((freeze.first, freeze.last),)))

    assert [bool(plain.freeze_on(DAY + timedelta(days=days))) for days in range(-1, 4)] == [
        False,
        True,
        True,
        True,
        False,
    ]
