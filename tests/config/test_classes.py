"""The tables about classes in a profile: what becomes of them, and every mistake in them."""

from datetime import date
from pathlib import Path

import pytest

from sdssync.config.classes import ClassTables, GroupTables, Merge
from sdssync.config.installation import load
from sdssync.config.profile import Profile
from sdssync.config.template import GROUP_PLACEHOLDERS, MERGE_PLACEHOLDERS, Template
from sdssync.school import GroupKind
from tests.support.installation import install

EVERY_KEY = """
suffix = "_2026_27"
expires = 2027-07-31
[classes]
exclude = ["*Games*", "9?/PE*"]
include = ["7*", "8*"]
min_pupils = 2
owners = "primary"
pupils_from = 2026-09-02
[[classes.merge]]
sets = ["9Ma1", "id:123"]
title = "9Ma1 and 9Ma1b{suffix}"
id = "9Ma1-joint{suffix}"
[[classes.merge]]
sets = ["{7}a", "7b", "7c"]
id = "7abc"
[groups]
forms = true
houses = ["boarding", "academic"]
year_groups = true
title = "{group_kind} {group_name} {group_code} {year_group}{suffix}"
class_id = "{group_id}{suffix}"
"""


def profile(folder: Path, text: str) -> Profile:
    """Return the profile of a file without mistakes."""
    [found] = load(install(folder, a=f'output = "csv/A"\n{text}')).school.profiles
    return found


def mistakes(folder: Path, text: str, **others: str) -> list[str]:
    """Return the mistakes of a profile file."""
    found = load(install(folder, a=f'output = "csv/A"\n{text}', **others)).school.find("a")
    return [str(mistake) for mistake in found.mistakes] if found else []


def test_every_key(tmp_path: Path) -> None:
    """A file with every key becomes tables; a title that is missing is made from the sets as they are listed."""
    found = profile(tmp_path, EVERY_KEY)

    assert found.classes == ClassTables(
        exclude=("*Games*", "9?/PE*"),
        include=("7*", "8*"),
        min_pupils=2,
        primary_owners=True,
        pupils_from=date(2026, 9, 2),
        merges=(
            Merge(
                sets=("9Ma1", "id:123"),
                title=Template.parse("9Ma1 and 9Ma1b{suffix}", MERGE_PLACEHOLDERS),
                id=Template.parse("9Ma1-joint{suffix}", MERGE_PLACEHOLDERS),
            ),
            Merge(
                sets=("{7}a", "7b", "7c"),
                title=Template.parse("{{7}}a and 7b and 7c{suffix}", MERGE_PLACEHOLDERS),
                id=Template.parse("7abc", MERGE_PLACEHOLDERS),
            ),
        ),
    )
    assert [merge.title.render(suffix=found.suffix) for merge in found.classes.merges] == [
        "9Ma1 and 9Ma1b_2026_27",
        "{7}a and 7b and 7c_2026_27",
    ]
    assert found.groups == GroupTables(
        kinds=frozenset(GroupKind),
        title=Template.parse(
            "{group_kind} {group_name} {group_code} {year_group}{suffix}",
            GROUP_PLACEHOLDERS,
        ),
        class_id=Template.parse("{group_id}{suffix}", GROUP_PLACEHOLDERS),
    )


def test_defaults(tmp_path: Path) -> None:
    """Without the tables the classes are those of the sets, and nothing is asked for in addition."""
    found = profile(tmp_path, "")

    assert found.classes == ClassTables(
        exclude=(), include=None, min_pupils=1, primary_owners=False, pupils_from=None, merges=()
    )
    assert found.groups is None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("forms = true", frozenset({GroupKind.FORM})),
        ('houses = ["academic"]', frozenset({GroupKind.ACADEMIC_HOUSE})),
        ('houses = ["boarding"]\nyear_groups = true', frozenset({GroupKind.BOARDING_HOUSE, GroupKind.YEAR})),
    ],
)
def test_groups(tmp_path: Path, text: str, kinds: frozenset[GroupKind]) -> None:
    """Each kind is asked for by itself; titles and ids have defaults in which forms of next year are new classes."""
    found = profile(tmp_path, f"[groups]\n{text}").groups

    assert found is not None
    assert (found.kinds, str(found.title), str(found.class_id)) == (
        kinds,
        "{group_name}{suffix}",
        "{group_kind}-{group_id}{suffix}",
    )


NONE = "expected at least one value (or leave the key out), found an empty list"
AGAIN = "it is in the list already"
SET = 'expected the code of a set, or its id like "id:123", found'
WILD = "wildcards belong in exclude and include"
TEMPLATE = "expected a template in quotes, found"
OF_GROUPS = "{group_kind} {group_id} {group_name} {group_code} {year_group} {suffix}"
OF_SETS = "{set_id} {set_code} {set_name} {subject_code} {subject_name} {year_group} {suffix}"
LACKS = "it needs {group_id}, {group_code} or {group_name}, so that groups differ"
HOUSE = 'expected "academic" or "boarding", found'
DAY = "expected a date without quotes and without a time, like 2027-07-31, found"
COMBINED_KEYS = "name, format, output, expires, combine, validate, safety, upload"
MERGE = '[[classes.merge]]\nsets = ["7a", "7b"]\nid = "7"\n'


def no(name: str) -> str:
    """Return what is said of a placeholder that does not exist."""
    return f"no placeholder is called {{{name}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[classes]\nexclude = []", [f"classes.exclude: {NONE}"], id="nothing excluded"),
        pytest.param("[classes]\ninclude = []", [f"classes.include: {NONE}"], id="nothing included"),
        pytest.param(
            '[classes]\nexclude = ["", 7]\ninclude = ["7*", "8*", "7*"]',
            [
                'classes.exclude[0]: expected a text in quotes, found "": it is empty',
                "classes.exclude[1]: expected a text in quotes, found 7",
                f'classes.include[2]: expected each value once, found "7*": {AGAIN}',
            ],
            id="no patterns, and one twice",
        ),
        pytest.param(
            '[classes]\nexclude = ["*Games*", "*games*"]',
            [f'classes.exclude[1]: expected each value once, found "*games*": {AGAIN}'],
            id="a pattern twice, without regard to case",
        ),
        pytest.param(
            "[classes]\nmin_pupils = 0",
            ["classes.min_pupils: expected a whole number, 1 or more, found 0"],
            id="classes without pupils",
        ),
        pytest.param(
            "[classes]\nmin_pupils = true",
            ["classes.min_pupils: expected a whole number, 1 or more, found true"],
            id="true is not a number",
        ),
        pytest.param(
            '[classes]\nowners = "main"',
            ['classes.owners: expected "all" or "primary", found "main"'],
            id="other owners",
        ),
        pytest.param(
            '[classes]\npupils_from = "2026-09-02"',
            [f'classes.pupils_from: {DAY} "2026-09-02"'],
            id="a day in quotes",
        ),
        pytest.param(
            "expires = 2027-07-31\n[classes]\npupils_from = 2027-08-01",
            ["classes.pupils_from: expected a day on which the profile runs (expires = 2027-07-31), found 2027-08-01"],
            id="pupils after the expiry",
        ),
        pytest.param("[classes]\nmerge = []", [f"classes.merge: {NONE}"], id="no merge"),
        pytest.param(
            '[classes.merge]\nsets = ["7a", "7b"]',
            ["classes.merge: expected a list in square brackets, found a table"],
            id="single brackets",
        ),
        pytest.param(
            '[[classes.merge]]\nsets = ["7a"]\nid = "7"',
            ["classes.merge[0].sets: expected a list of at least two sets, found a list"],
            id="one set",
        ),
        pytest.param(
            '[[classes.merge]]\nsets = []\nid = "7"',
            ["classes.merge[0].sets: expected a list of at least two sets, found an empty list"],
            id="no set",
        ),
        pytest.param(
            '[[classes.merge]]\ntitle = "7"',
            ["classes.merge[0].sets: required, but missing", "classes.merge[0].id: required, but missing"],
            id="no sets and no id",
        ),
        pytest.param(
            '[[classes.merge]]\nsets = ["7*", "7?", "", "id:", "ID:12", "id:x", 7]\nid = "7"',
            [
                f'classes.merge[0].sets[0]: {SET} "7*": {WILD}',
                f'classes.merge[0].sets[1]: {SET} "7?": {WILD}',
                f'classes.merge[0].sets[2]: {SET} "": it is empty',
                *(
                    f'classes.merge[0].sets[{index}]: {SET} "{text}": an id is written like id:123'
                    for index, text in ((3, "id:"), (4, "ID:12"), (5, "id:x"))
                ),
                f"classes.merge[0].sets[6]: {SET} 7",
            ],
            id="no codes of sets",
        ),
        pytest.param(
            f'{MERGE}[[classes.merge]]\nsets = ["8a", "7B", "8A", "id:07", "id:7"]\nid = "8"',
            [
                'classes.merge[1].sets[1]: expected each set once, found "7B": it is in classes.merge[0] already',
                'classes.merge[1].sets[2]: expected each set once, found "8A": it is in classes.merge[1] already',
                'classes.merge[1].sets[4]: expected each set once, found "id:7": it is in classes.merge[1] already',
            ],
            id="a set twice",
        ),
        pytest.param(
            f'suffix = "_27"\n{MERGE.replace("7a", "6a")}[[classes.merge]]\nsets = ["8a", "8b"]\nid = "7"\n'
            '[[classes.merge]]\nsets = ["9a", "9b"]\nid = "9_27"\n'
            '[[classes.merge]]\nsets = ["10a", "10b"]\nid = "9{suffix}"\n',
            [
                "classes.merge[1].id: expected an id of its own, found that of classes.merge[0]",
                "classes.merge[3].id: expected an id of its own, found that of classes.merge[2]",
            ],
            id="one id, also with the suffix",
        ),
        pytest.param(
            '[[classes.merge]]\nsets = ["7a", "7b"]\ntitle = "{set_code}"\nid = "{set_id}{suffix}"',
            [
                f'classes.merge[0].title: {TEMPLATE} "{{set_code}}": {no("set_code")} (allowed: {{suffix}})',
                f'classes.merge[0].id: {TEMPLATE} "{{set_id}}{{suffix}}": {no("set_id")} (allowed: {{suffix}})',
            ],
            id="placeholders of a set in a merge",
        ),
        pytest.param(
            "[classes]\nmaximum = 30",
            ["classes.maximum: unknown key (allowed: exclude, include, min_pupils, owners, pupils_from, merge)"],
            id="an unknown key",
        ),
        pytest.param(
            f'{MERGE}exclude = ["7*"]\nforms = true',
            [
                'classes.merge[0].exclude: unknown key here, did you mean "exclude" in [classes]?',
                'classes.merge[0].forms: unknown key here, did you mean "forms" in [groups]?',
            ],
            id="keys of the tables around it",
        ),
        pytest.param(
            "[groups]",
            ["groups: expected at least one of forms, houses and year_groups, found none of them"],
            id="no group",
        ),
        pytest.param(
            '[groups]\nforms = false\nyear_groups = false\ntitle = "{group_id}"',
            ["groups: expected at least one of forms, houses and year_groups, found none of them"],
            id="no group, in more words",
        ),
        pytest.param("[groups]\nhouses = []", [f"groups.houses: {NONE}"], id="no house"),
        pytest.param(
            '[groups]\nhouses = ["day", "academic", "academic"]',
            [
                f'groups.houses[0]: {HOUSE} "day"',
                f'groups.houses[2]: expected each value once, found "academic": {AGAIN}',
            ],
            id="an unknown house, and one twice",
        ),
        pytest.param(
            "[groups]\nyear_groups = [7]",
            ["groups.year_groups: expected true or false, without quotes, found a list"],
            id="years as a list",
        ),
        pytest.param(
            '[groups]\nforms = true\ntitle = "Form {year_group}{suffix}"\nclass_id = "{group_kind}"',
            [
                f'groups.title: {TEMPLATE} "Form {{year_group}}{{suffix}}": {LACKS}',
                f'groups.class_id: {TEMPLATE} "{{group_kind}}": {LACKS}',
            ],
            id="the same for all groups",
        ),
        pytest.param(
            '[groups]\nforms = true\ntitle = "{set_code}"\nclass_id = ""',
            [
                f'groups.title: {TEMPLATE} "{{set_code}}": {no("set_code")} (allowed: {OF_GROUPS})',
                f'groups.class_id: {TEMPLATE} "": it is empty',
            ],
            id="placeholders of a set in a group",
        ),
        pytest.param(
            'class_id = "{group_id}"',
            [f'class_id: {TEMPLATE} "{{group_id}}": {no("group_id")} (allowed: {OF_SETS})'],
            id="placeholders of a group in a set",
        ),
        pytest.param(
            "parity = true\n[classes]\nmin_pupils = 1\n[groups]\nforms = true",
            [f"parity: expected false together with [{table}], found true" for table in ("classes", "groups")],
            id="parity",
        ),
    ],
)
def test_mistakes(tmp_path: Path, text: str, expected: list[str]) -> None:
    """A mistake is reported with its key, what was expected and what was found."""
    assert mistakes(tmp_path, text) == expected


def test_a_combined_profile_has_no_such_tables(tmp_path: Path) -> None:
    """Its parts have them."""
    parts = {"b": "year_groups = [7]\n[groups]\nforms = true\n", "c": f"year_groups = [8]\n{MERGE}"}

    assert mistakes(tmp_path, f'combine = ["b", "c"]\n{MERGE}[groups]\nforms = true', **parts) == [
        f"{table}: unknown key (allowed: {COMBINED_KEYS})" for table in ("classes", "groups")
    ]
    assert mistakes(tmp_path, 'combine = ["b", "c"]\n', **parts) == []
