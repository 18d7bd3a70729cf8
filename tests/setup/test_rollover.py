"""The yearly change of a file: which values change, which stay, and that everything else is kept."""

from datetime import date
from pathlib import Path

import pytest

from sdssync.errors import ConfigError
from sdssync.setup.rollover import RolledFile, roll_profile, roll_settings
from sdssync.setup.school_year import SchoolYear

YEAR = SchoolYear(2027)
TODAY = date(2027, 8, 20)
ADDED = 'class_id = "{set_id}{suffix}" # with the year: a team belongs to the pupils of one year\n'
DATED = 'class_id = "{set_id}_2027_28" # with the year: a team belongs to the pupils of one year\n'
CLASSES = """\
[classes] # all
pupils_from   =   {}-09-02   # the first day

[subjects]
exclude = [7]

[[classes.merge]]
sets = ["7a", "7b"]
title = "7a and 7b 2026-27"
id = "7ab{{suffix}}"
"""

pytestmark = pytest.mark.portable


def profile(text: str, today: date = TODAY) -> RolledFile:
    """Roll a profile over."""
    return roll_profile(Path("seniors.toml"), "profiles.d/seniors.toml", text, YEAR, today)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'suffix = "_2026_27"\nexpires = 2027-07-31\n',
            f'suffix = "_2027_28"\n{ADDED}expires = 2028-07-31\n',
            id="as the demo",
        ),
        pytest.param(
            "# Ours.\nsuffix='_26/27'   # the year\n\n# days\n\nexpires   =   2027-08-31\n[subjects] # all\n",
            f"# Ours.\nsuffix='_27/28'   # the year\n{ADDED}\n# days\n\nexpires   =   2028-08-31\n[subjects] # all\n",
            id="comments, blanks and quotes",
        ),
        pytest.param(
            '\ufeffsuffix = "_2026_27"\r\n# about\r\n[org]\r\nid = "1"\r\n',
            f'\ufeffsuffix = "_2027_28"\r\n{ADDED.rstrip()}\r\n# about\r\n[org]\r\nid = "1"\r\n',
            id="byte order mark and CRLF",
        ),
        pytest.param(
            'output = "csv/S"\r\nsuffix = "_2026_27"',
            f'output = "csv/S"\r\nsuffix = "_2027_28"\r\n{ADDED.rstrip()}',
            id="no end of the last line",
        ),
        pytest.param(
            'suffix = "_2026_27"\nclass_id = "{set_id}{suffix}"\n',
            'suffix = "_2027_28"\nclass_id = "{set_id}{suffix}"\n',
            id="an id with the suffix",
        ),
        pytest.param(
            'suffix = "_2026_27"\nclass_id = "{set_code}"\n',
            'suffix = "_2027_28"\nclass_id = "{set_code}{suffix}"\n',
            id="an id without the suffix",
        ),
        pytest.param(
            'title = "{set_code} 26-27"\nclass_id = "{set_id}-2026"\nexpires = 2027-07-31\n',
            'title = "{set_code} 27-28"\nclass_id = "{set_id}-2027"\nexpires = 2028-07-31\n',
            id="years in patterns",
        ),
        pytest.param("expires = 2027-07-31\n", f"expires = 2028-07-31\n{DATED}", id="no suffix"),
        pytest.param('output = "csv/S"\n', f'output = "csv/S"\n{DATED}', id="no year anywhere"),
        pytest.param(
            'suffix = " (SDS)"\nclass_id = "{set_id}{suffix}"\nexpires = 2027-07-31\n',
            'suffix = " (SDS)"\nclass_id = "{set_id}{suffix}_2027_28"\nexpires = 2028-07-31\n',
            id="a suffix without a year",
        ),
        pytest.param(
            'suffix = "_2027"\nexpires = 2027-07-31\n',
            f'suffix = "_2028"\n{ADDED}expires = 2028-07-31\n',
            id="one calendar year",
        ),
        pytest.param(
            'suffix = "_2026_27"\nexpires = 2028-07-31\n',
            f'suffix = "_2027_28"\n{ADDED}expires = 2028-07-31\n',
            id="half of it done by hand",
        ),
        pytest.param(
            'suffix = "_2024_25"\nexpires = 2025-07-31\n',
            f'suffix = "_2027_28"\n{ADDED}expires = 2028-07-31\n',
            id="forgotten for years",
        ),
        pytest.param(
            'suffix = "_2027_28"\nexpires = 2028-07-31\n',
            'suffix = "_2027_28"\nexpires = 2028-07-31\n',
            id="a profile of the new year keeps its ids",
        ),
        pytest.param(
            'combine = ["A", "B"]\nexpires = 2027-07-31\n',
            'combine = ["A", "B"]\nexpires = 2028-07-31\n',
            id="a combined profile",
        ),
        pytest.param("expires = 2028-02-29\n", "expires = 2028-02-29\n", id="a leap day of the new year"),
        pytest.param(
            f"suffix = '_2027_28'\n{CLASSES.format(2026)}\n[groups]\nforms=true",
            f"suffix = '_2027_28'\n{CLASSES.format(2027)}\n[groups]\nforms=true",
            id="the day of the pupils",
        ),
        pytest.param(
            "suffix = '_2027_28'\nclasses={ min_pupils=2, pupils_from=2026-08-24 } # all\n",
            "suffix = '_2027_28'\nclasses={ min_pupils=2, pupils_from=2027-08-24 } # all\n",
            id="a day of the pupils in the holidays",
        ),
        pytest.param(
            "suffix = '_2027_28'\nclasses.pupils_from = 2027-07-20\n",
            "suffix = '_2027_28'\nclasses.pupils_from = 2027-07-20\n",
            id="a day of the pupils in the new year",
        ),
    ],
)
def test_profiles(before: str, after: str) -> None:
    """A profile gets the new year, and every other character stays; a second time nothing changes."""
    rolled = profile(before)

    assert rolled.after == after
    assert profile(after).changes == ()
    assert bool(rolled.changes) == (before != after)


def test_a_parity_profile_keeps_its_ids() -> None:
    """It has the ids of the script, and a note says what that means."""
    rolled = profile('parity = true\nsuffix = "_2026_27"\n')

    assert rolled.after == 'parity = true\nsuffix = "_2027_28"\n'
    assert rolled.notes == ("a parity profile has the ids of iSAMS-SDS.ps1: last year's teams may go to new pupils",)


MERGE = '[[classes.merge]]\nsets = ["9Ma1", "9Ma2"]\n'
WITH_YEAR = 'suffix = "_2026_27"\nclass_id = "{set_id}{suffix}"\n'
REUSED = "names no year: last year's teams may go to new pupils"


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        pytest.param(WITH_YEAR + MERGE + 'id = "joint{suffix}"\n', (), id="a merge with the suffix"),
        pytest.param(WITH_YEAR + MERGE + 'id = "joint"\n', (f"classes.merge[0].id {REUSED}",), id="a merge"),
        pytest.param(
            WITH_YEAR + MERGE + 'id = "joint_2026_27"\n',
            ("classes.merge[0].id names an earlier year and stays as it is: change it, or write {suffix}",),
            id="a merge with a year",
        ),
        pytest.param(WITH_YEAR + "[groups]\nforms = true\n", (), id="groups"),
        pytest.param(
            WITH_YEAR + '[groups]\nforms = true\nclass_id = "f-{group_id}"\n',
            (f"groups.class_id {REUSED}",),
            id="groups without the suffix",
        ),
    ],
)
def test_ids_of_merges_and_groups(text: str, noted: tuple[str, ...]) -> None:
    """They stay as they are, and a note says so if they would give last year's teams to new pupils."""
    assert profile(text).notes == noted


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        pytest.param('class_id = "{set_id}-2026"\n', ["class_id names 2026"], id="without a last day"),
        pytest.param('class_id = "{set_id}-2027"\n', ["class_id names 2027"], id="the end of the old year, or not"),
        pytest.param(
            'suffix = " 2026"\ntitle = "{set_code} 2025"\n', ["suffix names 2026", "title names 2025"], id="texts"
        ),
        pytest.param('class_id = "{set_id}-2025"\nexpires = 2027-07-31\n', ["class_id names 2025"], id="other year"),
        pytest.param('class_id = "{set_id}-2028"\n', [], id="a year that only the new one has"),
        pytest.param('class_id = "{set_id}-2026"\nexpires = 2027-07-31\n', [], id="with a last day"),
        pytest.param('class_id = "{set_id}-2027"\nexpires = 2028-07-31\n', [], id="changed already"),
    ],
)
def test_single_years_that_are_not_known(text: str, noted: list[str]) -> None:
    """A calendar year of which no one knows what it is stays, and a note says so."""
    rolled = profile(text)

    assert [note.partition(" and stays")[0] for note in rolled.notes if "it is not known" in note] == noted
    assert not noted or text.partition("expires")[0] in rolled.after


@pytest.mark.parametrize(
    "text",
    [
        "[safety]\nfreeze = [{ from = YEAR-07-10, to = YEAR-09-05 }]   # summer\n",
        "[safety]\nfreeze = [{from=YEAR-07-10,to=YEAR-09-05}]\n",
        "[[safety.freeze]]\nfrom = YEAR-07-10 # first\nto = YEAR-09-05\n",
        "safety.freeze = [\n  { from = YEAR-07-10, to = YEAR-09-05 }, # summer\n]\n",
        "safety = { freeze = [{ from = YEAR-07-10, to = YEAR-09-05 }] }\n",
    ],
)
def test_freezes(text: str) -> None:
    """A freeze that is over moves by a year, however it is written; one that is not stays, and is noted."""
    settings = Path("sdssync.toml")
    before = text.replace("YEAR", "2027")

    early = roll_settings(settings, before, YEAR, date(2027, 9, 5))
    rolled = roll_settings(settings, before, YEAR, date(2027, 9, 6))

    assert rolled.after == text.replace("YEAR", "2028")
    assert [change.key for change in rolled.changes] == ["safety.freeze[0].from", "safety.freeze[0].to"]
    assert rolled.notes == ()
    assert (early.after, early.changes) == (before, ())
    assert early.notes == (
        "the freeze from 2027-07-10 to 2027-09-05 is not over yet and stays: after it, the same command moves it",
    )
    assert roll_settings(settings, rolled.after, YEAR, TODAY).changes == ()


def test_a_leap_day_moves_to_the_end_of_february() -> None:
    """29 February becomes 28 February where the next year has none."""
    text = "[safety]\nfreeze = [{ from = 2028-02-27, to = 2028-02-29 }]\n"

    rolled = roll_settings(Path("sdssync.toml"), text, SchoolYear(2028), date(2028, 8, 20))

    assert rolled.after == "[safety]\nfreeze = [{ from = 2029-02-27, to = 2029-02-28 }]\n"


def test_freezes_of_many_years_do_not_meet() -> None:
    """Of the freezes of several years one moves into the new year, and those of the past stay."""
    text = (
        "[[safety.freeze]]\nfrom = 2026-07-10\nto = 2026-09-05\n[[safety.freeze]]\nfrom = 2027-07-10\nto = 2027-09-05\n"
    )

    rolled = roll_settings(Path("sdssync.toml"), text, YEAR, TODAY)

    assert rolled.after.count("2028-07-10") == 1


@pytest.mark.parametrize(
    "text", ['suffix = "_2026_27"\nsafety = { window = 40, freeze = [{ from = 2027-07-10 , to=2027-09-05 }]}\n']
)
def test_a_style_that_cannot_be_kept(text: str) -> None:
    """A file that would look different afterwards is refused."""
    with pytest.raises(ConfigError, match=r"profiles\.d/seniors\.toml cannot be changed without losing its style"):
        profile(text)
