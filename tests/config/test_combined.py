"""Combined profiles as files: parts, organisations, and every mistake that looking at all files together shows."""

from pathlib import Path

import pytest

from sdssync.config.installation import load
from tests.support.installation import SETTINGS, install

SCHOOL = 'name = "School"\nformat = "v2.1"\noutput = "csv/School"\ncombine = ["Seniors", "Prep"]\n'
SENIORS = 'name = "Seniors"\noutput = "csv/Seniors"\nyear_groups = [9]\n'
PREP = 'name = "Prep"\nyear_groups = [3]\n'
ORG = '[org]\nid = "8889999-P"\nname = "Prep School"\n'


COMBINED_KEYS = "name, format, output, expires, combine, validate, safety, upload"
KEYS = (
    "name, format, year_groups, suffix, output, expires, title, class_id, parity, org, subjects, teachers, classes,"
    " groups, validate, safety, upload"
)
LEAVERS = "has mistakes; without this part its people would look like leavers"
SCHOOL_ID = "expected an id of its own, found that of the school; without [org] everything belongs to the school"
OWN_RULES = "expected only in a profile with an output; the combined profile has its own [validate]"
GIVES = "gives to the organisation of this id"


def mistakes(folder: Path, **profiles: str) -> dict[str, list[str]]:
    """Return the mistakes of each wrong profile file."""
    files = {"school": SCHOOL, "seniors": SENIORS, "prep": PREP} | profiles
    config = install(folder, SETTINGS, **files)
    return {file.file.stem: [str(mistake) for mistake in file.mistakes] for file in load(config).school.wrong}


def test_a_combined_profile(tmp_path: Path) -> None:
    """It has its parts by name, whatever the order, and their years; a part may lack an output folder."""
    config = install(tmp_path, SETTINGS, school=SCHOOL, seniors=SENIORS, prep=PREP + ORG)

    prep, school, seniors = load(config).school.profiles

    assert (school.name, school.year_groups, school.format) == ("School", (3, 9), "v2.1")
    assert [part.name for part in school.parts] == ["Prep", "Seniors"]
    assert (prep.output, prep.org and prep.org.id, prep.parts) == (None, "8889999-P", (prep,))
    assert (seniors.org, seniors.combined) == (None, ())


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"school": SCHOOL.replace('"Prep"', '"prep"')}, {}, id="names in any case"),
        pytest.param(
            {"school": SCHOOL.replace('"Prep"', '"Pre"')},
            {"school": ['combine[1]: there is no profile "Pre"; did you mean Prep?'],
             "prep": ["output: required, but missing"]},
            id="no such part",
        ),
        pytest.param(
            {"school": SCHOOL.replace('"Seniors", ', "")},
            {"school": ["combine: expected a list of at least two names of profiles, found a list"]},
            id="one part",
        ),
        pytest.param(
            {"school": SCHOOL.replace('"Prep"', '"Prep", "PREP"')},
            {"school": ['combine[2]: expected each value once, found "PREP": it is in the list already']},
            id="a part twice",
        ),
        pytest.param(
            {"school": SCHOOL.replace('"Prep"', '"Prep", "School"')},
            {"school": ['combine[2]: expected a profile that is not combined itself, found "School"']},
            id="itself",
        ),
        pytest.param(
            {"all": SCHOOL.replace('"Prep"', '"School"').replace("School", "All", 1).replace("csv/School", "csv/All")},
            {"all": ['combine[1]: expected a profile that is not combined itself, found "School"']},
            id="a combined part",
        ),
        pytest.param(
            {"prep": PREP + "parity = true\n"},
            {"school": ['combine[1]: expected a profile without parity, found "Prep"']},
            id="a part with parity",
        ),
        pytest.param(
            {"prep": PREP + 'output = "csv/Prep"\ncolour = 1\n'},
            {"prep": [f"colour: unknown key (allowed: {KEYS})"],
             "school": [f"combine[1]: profiles.d/prep.toml {LEAVERS}"]},
            id="a wrong part",
        ),
        pytest.param(
            {"school": SCHOOL + "year_groups = [7]\n"},
            {"school": [f"year_groups: unknown key (allowed: {COMBINED_KEYS})"]},
            id="another key",
        ),
        pytest.param({"school": SCHOOL.replace('output = "csv/School"\n', "")},
                     {"school": ["output: required, but missing"]}, id="no output"),
        pytest.param(
            {"prep": PREP + '[validate]\nignore = ["SDS301"]\n'},
            {"prep": [f"validate: {OWN_RULES}"],
             "school": [f"combine[1]: profiles.d/prep.toml {LEAVERS}"]},
            id="validate in a part without output",
        ),
        pytest.param(
            {"seniors": SENIORS + ORG.replace("8889999-P", "8889999")},
            {"seniors": [f"org.id: {SCHOOL_ID}"],
             "school": [f"combine[0]: profiles.d/seniors.toml {LEAVERS}"]},
            id="the id of the school",
        ),
        pytest.param(
            {"seniors": SENIORS + "parity = true\n" + ORG, "school": SCHOOL.replace('"Seniors"', '"Other"'),
             "other": 'name = "Other"\noutput = "csv/o"\nyear_groups = [10]\n'},
            {"seniors": ["parity: expected false together with [org], found true"]},
            id="org with parity",
        ),
        pytest.param({"prep": PREP + ORG, "seniors": SENIORS + ORG}, {}, id="one organisation for two parts"),
        pytest.param(
            {"prep": PREP + ORG + 'type = "district"\n', "other": 'name = "Other"\noutput = "csv/o"\n' + ORG},
            {"prep": [f"org: expected the name and type that profiles.d/other.toml {GIVES}"],
             "other": [f"org: expected the name and type that profiles.d/prep.toml {GIVES}"],
             "school": [f"combine[1]: profiles.d/prep.toml {LEAVERS}"]},
            id="one organisation with two types",
        ),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, profiles: dict[str, str], expected: dict[str, list[str]]) -> None:
    """Every mistake is reported at its key, and a wrong part makes the combined profile wrong."""
    assert mistakes(tmp_path, **profiles) == expected
