"""`new --interactive`: questions on a terminal, answered by a person, with what the source offers."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from sdssync.config.installation import load
from sdssync.isams.parser import parse
from sdssync.roster.years import YearSummary, summarise_years
from tests.support.builders import make_pupil, make_school, make_set
from tests.support.installation import SETTINGS, install
from tests.support.needs import needs_pty
from tests.support.processes import on_terminal
from tests.support.runs import Ran, command

HARTLEY = Path(__file__).parents[2] / "fixtures" / "isams" / "hartley.xml"


@pytest.fixture
def hartley(here: Path) -> Path:
    """An installation without a profile, whose source is the recorded school."""
    return install(here, SETTINGS.replace('"hartley.xml"', f"'{HARTLEY}'")).parent


def ask(folder: Path, *answers: str, options: tuple[str, ...] = ()) -> Ran:
    """Type these answers, a line each."""
    return on_terminal(
        "new",
        "Seniors",
        "--interactive",
        *options,
        folder=folder,
        streams="012",
        typed="".join(f"{a}\n" for a in answers),
    )


def test_years_are_counted() -> None:
    """Years come in their order as numbers; a year that no profile can name is not offered."""
    school = make_school(
        pupils=[
            make_pupil(number, year=year) for number, year in enumerate(("10", "9", "9", "-1", "", "x", "07", "21"))
        ],
        teaching_sets=[make_set(year="9"), make_set(year="11")],
    )

    assert summarise_years(school) == (
        YearSummary(year=-1, pupils=1, sets=0),
        YearSummary(year=9, pupils=2, sets=1),
        YearSummary(year=10, pupils=1, sets=0),
        YearSummary(year=11, pupils=0, sets=1),
    )


@needs_pty
def test_the_answers_become_a_profile(hartley: Path) -> None:
    """Years and subjects are shown with their counts; the file has a comment for each key and names its schema."""
    ran = ask(hartley, "7-9", "7,15", "_2026_27", "2099-07-31", "")

    assert ran.exit_code == 0, ran.out
    for shown in ("Year  Pupils  Sets", "Subject ID", "Year groups [", f"created {hartley}"):
        assert shown in ran.out
    text = (hartley / "profiles.d" / "Seniors.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {
        "format": "v2.1",
        "year_groups": [7, 8, 9],
        "suffix": "_2026_27",
        "output": "csv/Seniors",
        "expires": date(2099, 7, 31),
        "subjects": {"exclude": [7, 15]},
    }
    first, *lines = text.splitlines()
    assert (hartley / "profiles.d" / first.removeprefix("#:schema ")).resolve().is_file()
    assert [line for line in lines if " = " in line and "  # " not in line] == []
    assert load(hartley / "sdssync.toml").school.wrong == ()


@needs_pty
def test_what_is_offered_is_taken(hartley: Path) -> None:
    """An empty answer takes what is offered: the years that have pupils, all subjects, the present academic year."""
    assert ask(hartley, "", "", "", "", "", "").exit_code == 0

    [profile] = load(hartley / "sdssync.toml").school.profiles
    school = parse(HARTLEY, progress=lambda _: None).school
    assert profile.year_groups == tuple(item.year for item in summarise_years(school) if item.pupils)
    assert (profile.exclude, profile.include) == ((), None)
    assert profile.expires
    assert profile.expires >= date.today()  # noqa: DTZ011  (the command asks the same clock)


@needs_pty
def test_wrong_answers_are_asked_again(hartley: Path) -> None:
    """What is wrong with an answer is said, and the question comes again."""
    ran = ask(hartley, "7-99", "9", "no", "none", "1", "none", "soon", "none", "profiles.d", "out")

    assert ran.exit_code == 0, ran.out
    for said in (
        "expected years from -5 to 20",
        "no subject above has the id no",
        "expected a day like 2027-07-31",
        "alone, found",
    ):
        assert said in ran.out
    content = tomllib.loads((hartley / "profiles.d" / "Seniors.toml").read_text(encoding="utf-8"))
    assert content["subjects"] == {"include": [1]}
    assert (content["output"], "expires" in content, "suffix" in content) == ("out", False, False)


@needs_pty
def test_options_are_not_asked_for(hartley: Path) -> None:
    """What is given as an option is not asked for."""
    options = ("--years", "9", "--include", "1", "--suffix", "x", "--expires", "2099-07-31", "--output", "o")
    ran = ask(hartley, options=options)

    assert ran.exit_code == 0
    assert "Year groups" not in ran.out


@needs_pty
@pytest.mark.parametrize(
    ("typed", "code"), [pytest.param("\x04", 130, id="the end of the input"), pytest.param("9\n\x04", 130, id="later")]
)
def test_a_person_who_leaves(hartley: Path, typed: str, code: int) -> None:
    """Nothing is written."""
    ran = on_terminal("new", "Seniors", "--interactive", folder=hartley, streams="012", typed=typed)

    assert ran.exit_code == code
    assert not (hartley / "profiles.d" / "Seniors.toml").exists()


@needs_pty
def test_what_is_wrong_before_the_questions(hartley: Path) -> None:
    """A name that is taken is reported before anything is asked."""
    (hartley / "profiles.d" / "seniors.toml").write_text('output = "csv/x"\n', encoding="utf-8")
    ran = ask(hartley)

    assert ran.exit_code == 2
    assert "already exists" in ran.out
    assert "Year groups" not in ran.out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(
            ["--interactive"], "--interactive asks questions, and there is no terminal to answer them", id="pipe"
        ),
        pytest.param(["--cached"], "--cached goes with --interactive only", id="cached"),
    ],
)
def test_without_a_terminal(hartley: Path, options: list[str], expected: str) -> None:
    """No question is asked where no one can answer."""
    ran = command("new", "Seniors", *options)

    assert ran.exit_code == 2
    assert ran.logs("command.failed")[0]["error"] == expected
    assert ran.logs("command.failed")[0]["hint"]
    assert not (hartley / "profiles.d" / "Seniors.toml").exists()
