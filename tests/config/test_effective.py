"""The effective profile: the same without the tables about classes as before, and another with each key of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from sdssync.config.classes import ClassTables
from sdssync.config.effective import EffectiveProfile, effective_profile
from sdssync.config.installation import load
from tests.support.installation import install

MERGE = '[[classes.merge]]\nsets = ["7a", "7b"]\nid = "7"\n'


def effective(folder: Path, text: str) -> EffectiveProfile:
    """Return the effective profile of a file."""
    school = load(install(folder, a=f'output = "csv/A"\n{text}')).school
    return effective_profile(school.profiles[0], school.settings.identity)


def test_the_effective_profile_without_the_tables(tmp_path: Path) -> None:
    """A profile without them is what it was before there were any, so that an update of sdssync holds nothing."""
    found = effective(tmp_path, 'suffix = "_26"\n')

    assert found.digest == "b3b63a61eb4d6f80b10385a54fa977a1c65cc091fc647db8baf3f10e0f20ef61"
    assert effective(tmp_path, 'suffix = "_26"\n[classes]\nmin_pupils = 1\nowners = "all"\n') == found


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('[classes]\nexclude = ["7*"]', ("classes.exclude",)),
        ('[classes]\ninclude = ["7*"]', ("classes.include",)),
        ("[classes]\nmin_pupils = 2", ("classes.min_pupils",)),
        ('[classes]\nowners = "primary"', ("classes.owners",)),
        ("[classes]\npupils_from = 2026-09-02", ("classes.pupils_from",)),
        (MERGE, ("classes.merge",)),
        ("[groups]\nforms = true", ("groups",)),
        ("[classes]\nmin_pupils = 2\n[groups]\nforms = true", ("classes.min_pupils", "groups")),
    ],
)
def test_the_effective_profile_with_a_table(tmp_path: Path, text: str, keys: tuple[str, ...]) -> None:
    """Each key decides rows, from the moment when it is added until it is taken away."""
    without, with_it = effective(tmp_path, ""), effective(tmp_path, text)

    assert (without.changed(with_it), with_it.changed(without)) == (keys, keys)
    assert without.digest != with_it.digest
    assert with_it.class_ids() == without.class_ids()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('[classes]\nexclude = ["7*", "8*"]', '[classes]\nexclude = ["8*", "7*"]'),
        ('[classes]\nexclude = ["7A*"]', '[classes]\nexclude = ["7a*"]'),
        (MERGE, MERGE.replace('["7a", "7b"]', '["7A", "7B"]\ntitle = "7a and 7b{suffix}"')),
        (
            MERGE + MERGE.replace("7", "8"),
            MERGE.replace("7", "8") + MERGE,
        ),
        ('[groups]\nhouses = ["academic", "boarding"]', '[groups]\nhouses = ["boarding", "academic"]'),
    ],
    ids=["patterns", "case of patterns", "case of codes", "merges", "houses"],
)
def test_what_means_the_same(tmp_path: Path, one: str, other: str) -> None:
    """What makes no difference to the rows makes none to the effective profile."""
    assert effective(tmp_path, one) == effective(tmp_path, other)


def test_a_part_that_gets_a_table(tmp_path: Path) -> None:
    """The keys of a part are named with it; those of a part that is added are not, because `combine` is."""
    combined = 'output = "csv/A"\ncombine = ["b", "c"]\n'
    parts = {"b": "year_groups = [7]\n", "c": "year_groups = [8]\n[groups]\nforms = true\n", "d": "year_groups = [9]\n"}
    school = load(install(tmp_path, a=combined, **parts)).school
    before = effective_profile(school.profiles[0], school.settings.identity)
    [b, c] = school.profiles[0].combined
    larger = replace(b, classes=ClassTables(min_pupils=3))

    after = effective_profile(replace(school.profiles[0], combined=(larger, c)), school.settings.identity)
    fewer = effective_profile(replace(school.profiles[0], combined=(b,)), school.settings.identity)

    assert before.changed(after) == ("b.classes.min_pupils",)
    assert before.changed(fewer) == ("combine",)
