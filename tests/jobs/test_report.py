"""`sdssync report`: what the page shows, of which sets, who may read it, and what it never touches."""

import re
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sdssync.files.lock import is_held
from tests.support.documents import MATHS, PHYSICS, PUPILS, ROWS, TWINS, document, pupil, row
from tests.support.installation import PREP, SENIORS, SETTINGS, install
from tests.support.messy_page import LONG, ODD, messy_school
from tests.support.needs import needs_modes
from tests.support.patients import COMBINED, PARTS, answer, remote
from tests.support.runs import Ran, command
from tests.support.shown_page import ShownPage

DAY = date(2026, 9, 1)
CHANGES, CLASSES, PEOPLE = "Changes of Seniors", "Classes of Seniors, with their members", "People of Seniors"
LIMITS, HISTORY = "How near each gate is to its limit", "What was published when"


def write(folder: Path, first: int, last: int, *, code: str = "9A/Ph1") -> None:
    """Write a document with the pupils of year 9 from one number to another, all in one set."""
    numbers = range(first, last + 1)
    text = document(pupils="".join(map(pupil, numbers)), rows="".join(row(PHYSICS, number) for number in numbers))
    (folder / "hartley.xml").write_text(text.replace("9A/Ph1", code), encoding="utf-8")


def run(days: int = 0) -> None:
    """Run the scheduled job so many days after the first one."""
    assert command("run-all", "--today", str(DAY + timedelta(days=days))).exit_code == 0


def report(*arguments: str, days: int = 0) -> Ran:
    """Write the page."""
    day = str(DAY + timedelta(days=days))
    return command("report", *arguments, "--output", "page.html", "--today", day)


def shown(*arguments: str, days: int = 0) -> ShownPage:
    """Write the page, and read it."""
    assert report(*arguments, days=days).exit_code == 0
    return ShownPage.read(Path("page.html"))


@pytest.fixture
def nights(school: Path) -> Path:
    """An installation with three generations: of 20 pupils, of 22, and of 21, of whom one is new."""
    for night, (first, last) in enumerate([(601, 620), (601, 622), (603, 623)]):
        write(school, first, last)
        run(night)
    return school


def test_a_page_of_a_school_that_has_published_nothing(school: Path) -> None:
    """The set that a run would publish is shown, with who is left out; nothing is published, and nothing is kept."""
    page = shown()

    assert page.cards() == ["Seniors a run would publish it New set Users2 Classes1 Enrollments2 Last published: never"]
    assert page.table(CLASSES) == [
        ["9A/Ph1 11", "9", "Physics", "1", "1", "", ""],
        ["Members: Member101, Staff101TeachersMember101, Staff101PupilsSurname501, Forename501"],
    ]
    assert page.table("People left out of Seniors") == [
        ["Surname502, Forename502", "9", "7983000000502", "no e-mail address in iSAMS"]
    ]
    assert "1 pupil has no e-mail address in iSAMS and is left out" in page.words
    assert "There is no earlier set to compare with." in page.words
    assert "Nothing has been published yet." in page.words
    assert not (school / "csv").exists() or not list((school / "csv").glob("*/*.csv"))
    assert not list((school / "state").glob("profiles/*/*"))


@pytest.mark.usefixtures("nights")
def test_what_changed_after_a_run() -> None:
    """In the morning after a run the page shows what that run changed, by person, and how near it came to the gates."""
    page = shown(days=2)

    assert page.cards()[0].startswith(
        "Seniors is published Users22 Classes1 Enrollments22 Last published: generation 3"
    )
    assert "From generation 2, published" in page.words
    assert "users: 23 before, 22 now; 1 added, 2 removed: 2 no longer in iSAMS" in page.words
    assert page.table(CHANGES) == [
        ["− removed", "pupil", "pupil601@hollowell.example (year 9, 7983000000601)", "9", "no longer in iSAMS"],
        ["− removed", "pupil", "pupil602@hollowell.example (year 9, 7983000000602)", "9", "no longer in iSAMS"],
        ["+ added", "pupil", "Surname623, Forename623 (year 9, 7983000000623)", "9", ""],
    ]
    members = page.table(CLASSES)[1][0]
    assert "+ Surname623, Forename623 (added)" in members
    assert members.count("removed: the person leaves") == 2
    assert page.table(CLASSES)[0][-1] == "+1 −2"
    limits = {line[0]: line[2:] for line in page.table(LIMITS)}
    assert limits["users"][0] == "43% of the limit"
    assert limits["users"][1].startswith("2 of 23, since the last generation")
    assert limits["users"][2] == "5%, here 4"
    assert limits["classes"][0] == "clear"


@pytest.mark.usefixtures("nights")
def test_what_changed_since_a_generation() -> None:
    """`--since` compares with that generation; the gates stay with the last change."""
    page = shown("seniors", "--since", "1", days=2)

    assert "From generation 1, published" in page.words
    assert [line[0] for line in page.table(CHANGES)] == ["− removed"] * 2 + ["+ added"] * 3
    assert "from generation 2 to this set" in page.words


def test_what_a_run_would_change_now(nights: Path) -> None:
    """A document that is not published yet is compared with the last generation, as the plan does."""
    write(nights, 603, 624)
    page = shown(days=3)

    assert page.cards()[0].startswith(
        "Seniors a run would publish it Published Users22 Classes1 Enrollments22 New set Users23 Classes1"
    )
    assert "From generation 3, published" in page.words
    assert [line[0] for line in page.table(CHANGES)] == ["+ added"]
    assert "What a run would count now" in page.words


@pytest.mark.usefixtures("school")
def test_after_the_first_run() -> None:
    """The only generation is the set itself: there is one, but none that differs."""
    run()
    page = shown(days=1)

    assert "What changed 0 No earlier set that is kept and whole differs from this one." in page.words
    assert "There is no earlier set" not in page.words
    assert "no earlier set that is kept and whole differs from it" in page.part("Gates")


def test_who_leaves_a_class(school: Path) -> None:
    """A pupil who stays leaves the list of the class; a teacher who stays does not teach it any more."""
    install(school, seniors=SENIORS.replace("[9]", "[3, 9]"))
    pupils = "".join(map(pupil, range(601, 604)))
    rows = row(MATHS, 603) + row(PHYSICS, 601) + row(PHYSICS, 602)
    before = document(pupils=pupils, rows=rows + row(PHYSICS, 603)).replace('StaffId="102"', 'StaffId="101"')
    (school / "hartley.xml").write_text(before, encoding="utf-8")
    run()
    (school / "hartley.xml").write_text(document(pupils=pupils, rows=rows), encoding="utf-8")
    report(days=1)
    page = ShownPage.read(Path("page.html"))

    pupil_left, teacher_left = "no longer on the list of the class in iSAMS", "no longer its teacher in iSAMS"
    left = [line[2:] for line in page.table(CHANGES) if line[:2] == ["− removed", "membership"]]
    assert sorted(left) == [
        ["Member101, Staff101 (staff 101) teacher of 3B/Ma (12)", "", teacher_left],
        ["Surname603, Forename603 (year 9, 7983000000603) in 9A/Ph1 (11)", "9", pupil_left],
    ]
    members = [line[0] for line in page.table(CLASSES) if len(line) == 1]
    assert [f"removed: {teacher_left}" in line for line in members] == [True, False]
    assert [f"removed: {pupil_left}" in line for line in members] == [False, True]
    assert "2 removed: 2 no longer in the class in iSAMS" in page.words


def test_nothing_is_cut(school: Path) -> None:
    """Where the summary of a run lists twenty and refers to its JSON, the page lists all."""
    pupils = "".join(pupil(number, email=f"pupil{number}") for number in range(601, 631))
    rows = "".join(row(PHYSICS, number) for number in range(601, 631))
    (school / "hartley.xml").write_text(document(pupils=PUPILS + pupils, rows=ROWS + rows), encoding="utf-8")
    page = shown()

    [matter] = [matter for matter in page.root.xpath("//article") if "cannot match an account" in matter.text_content()]
    assert len(matter.xpath(".//li")) == 30
    assert "--format json" not in page.words
    assert "sdssync validate lists them" not in page.words


def test_the_gates_that_held(nights: Path) -> None:
    """The history says which gates held a set."""
    write(nights, 612, 623)
    assert command("run-all", "--today", str(DAY + timedelta(days=3))).exit_code == 4
    report(days=3)

    first, *_ = ShownPage.read(Path("page.html")).table(HISTORY)
    assert first[1] == "held by users, enrollments, year"


def test_what_the_last_column_says(school: Path) -> None:
    """A cause is called one: why people are left out, and what there is to note of classes and of others."""
    assert school.exists()
    page = shown()

    assert page.headers("People left out of Seniors")[-1] == "Why"
    assert page.headers(CLASSES)[-2:] == page.headers(PEOPLE)[-2:] == ["Note", "Change"]


def test_a_changed_title(nights: Path) -> None:
    """A class with another title is changed, and the row has the title before."""
    write(nights, 603, 623, code="9B/Ph1")

    assert shown(days=3).table(CHANGES) == [["~ changed", "class", "9B/Ph1 (11)", "9", "title; before: 9A/Ph1"]]


def test_a_class_that_goes(school: Path) -> None:
    """The row of a class that goes has its members, so that a search for the class or for one of them finds it."""
    install(school, seniors=SENIORS.replace("[9]", "[3, 9]"))
    pupils, maths = "".join(map(pupil, range(601, 604))), row(MATHS, 603)
    both = document(pupils=pupils, rows=maths + "".join(row(PHYSICS, number) for number in range(601, 604)))
    (school / "hartley.xml").write_text(both, encoding="utf-8")
    run()
    (school / "hartley.xml").write_text(document(pupils=pupils, rows=maths), encoding="utf-8")
    report(days=1)
    page = ShownPage.read(Path("page.html"))

    [gone] = [line for line in page.table(CHANGES) if line[:2] == ["− removed", "class"]]
    assert gone[2] == (
        "9A/Ph1 (11)4 membersTeachersMember101, Staff101 (staff 101)PupilsSurname601, Forename601 (year 9,"
        " 7983000000601)Surname602, Forename602 (year 9, 7983000000602)Surname603, Forename603 (year 9, 7983000000603)"
    )
    assert gone[4] == "no pupil is left on the set list"


def test_the_history(nights: Path) -> None:
    """Each publication is a row with its counts, also when its generation is kept no longer; lines show the counts."""
    shutil.rmtree(nights / "state" / "profiles" / "Seniors" / "1")
    page = shown(days=2)

    assert [line[1:6] for line in page.table(HISTORY)] == [
        ["published", "3", "22", "1", "22"],
        ["published", "2", "23", "1", "23"],
        ["published", "1, kept no longer", "21", "1", "21"],
    ]
    [users, classes, _] = page.root.xpath("//figure[@class='line']//svg")
    assert re.fullmatch(r"Users: 22 on (\S+), 21 on \1; between 21 and 23", users.get("aria-label"))
    assert len(users.xpath(".//circle")) == 3
    assert "NaN" not in page.text
    assert "between 1 and 1" in classes.get("aria-label")


DAMAGES = {
    "a line that is changed": lambda text: text.replace(b'"users": 23', b'"users": 99'),
    "no JSON": lambda _: b"\xff\x00 not an audit\n" * 3,
    "counts that are not numbers": lambda text: text.replace(b'"users": 23', b'"users": "many"'),
    "a time that is not one": lambda text: text.replace(b'"at": "20', b'"at": "x20'),
    "a time without zone": lambda text: text.replace(b"+00:00", b"", 1),
    "a year that no clock has": lambda text: text.replace(b'"at": "2', b'"at": "9'),
    "an event that is not one": lambda text: text.replace(b'"published"', b'"printed"'),
    "a list": lambda text: text + b"[1]\n",
    "gone": lambda _: None,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_audit(nights: Path, damage: object) -> None:
    """A damaged audit is named on the page; the history has what is known without its lines."""
    audit = nights / "state" / "audit.jsonl"
    assert callable(damage)
    content = damage(audit.read_bytes())
    audit.write_bytes(content) if content is not None else audit.unlink()
    page = shown(days=2)

    assert "Warning: The audit is damaged" in page.words
    assert {line[2] for line in page.table(HISTORY)} == {"1", "2", "3"}


def test_no_names(nights: Path) -> None:
    """With `--no-names` the page has ids, codes and counts: no name, no address, no title, no account."""
    (nights / "profiles.d" / "seniors.toml").write_text(
        f'{SENIORS}title = "Canary {{set_code}}"\n[teachers]\nextra = ["canary@elsewhere.example"]\n', encoding="utf-8"
    )
    page = shown("--no-names", days=2)

    assert not re.findall(r"Forename|Surname|Staff10|Member10|hollowell|[Cc]anary", page.text)
    assert "@" not in re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
    assert page.table(CLASSES)[0][0] == "9A/Ph1 11"
    assert ["7983000000610", "9", "7983000000610", "", "9A/Ph1", "", ""] in page.table(PEOPLE)
    assert ["an address", "", "an address"] in [
        [line[0].removesuffix(" teacher"), *line[1:3]] for line in page.table(PEOPLE)
    ]
    assert "This page holds no names" in page.words


def test_a_held_set(nights: Path) -> None:
    """A set that a gate would hold is shown with the gate, what to do, and the code of `plan`."""
    write(nights, 612, 623)
    ran = report(days=3)
    page = ShownPage.read(Path("page.html"))

    assert ran.exit_code == 4
    assert page.cards()[0].startswith(
        "Seniors held held by users, enrollments, year Published Users22 Classes1 Enrollments22 New set Users13"
    )
    limits = {line[0]: line[2:] for line in page.table(LIMITS)}
    assert limits["users"][0] == "holds the set"
    assert limits["users"][1].startswith("11 of 21, over the window of [safety]")
    assert "What to do: Look: sdssync plan Seniors." in page.words


def test_profiles_that_fail_stop_no_other(nights: Path) -> None:
    """One with a mistake, one that has expired and one that is rejected are on the page with their reasons."""
    install(
        nights,
        expired='name = "Past"\noutput = "csv/Past"\nyear_groups = [9]\nexpires = 2026-01-01\n',
        prep=PREP,
        wrong='name = "Wrong"\noutput = "csv/Wrong"\nyear_groups = "nine"\n',
    )
    ran = report(days=2)
    page = ShownPage.read(Path("page.html"))

    assert ran.exit_code == 2
    states = [card.partition(" Last published")[0] for card in page.cards()]
    assert states[0].startswith("Past expired expired on 2026-01-01")
    assert states[1].startswith("Prep rejected SDS108")
    assert states[2].startswith("Seniors is published")
    assert states[3].startswith("Wrong failed")
    assert "profiles.d" in states[3]
    assert page.table(CLASSES)


def test_a_rejected_set(school: Path) -> None:
    """A set that breaks rules is on the page with the findings, and the code of `plan`."""
    (school / "hartley.xml").write_text(TWINS, encoding="utf-8")
    ran = report()
    page = ShownPage.read(Path("page.html"))

    assert ran.exit_code == 1
    assert page.cards()[0].startswith("Seniors rejected SDS202")
    assert "New set Users" in page.cards()[0]
    assert page.part("Gates") == "Gates No gate is asked of a set that is rejected."
    [finding] = [line for line in page.table("Findings of the rules of SDS in Seniors") if "SDS202" in line[0]]
    assert all(finding)
    assert "2 pupils have the same SchoolId in iSAMS" in page.words


def test_without_a_document(nights: Path) -> None:
    """When the source fails that is the first thing to do something about; what needs a set is not known."""
    (nights / "hartley.xml").unlink()
    ran = report(days=3)
    page = ShownPage.read(Path("page.html"))

    assert ran.exit_code not in (0, 70)
    [(what, advice), *_] = page.matters()
    assert what.startswith("iSAMS failed, and no set could be made for Seniors: the document that isams.file names")
    assert advice
    assert "--cached" not in page.words
    assert "Nothing: no person" not in page.words
    assert page.cards() == [
        f"Seniors failed the source failed Published Users22 Classes1 Enrollments22 {published(page)}"
    ]
    assert page.part("What changed") == "What changed Not known: there is no new set (the source failed)."
    assert page.part("Gates") == "Gates Not known: there is no new set (the source failed)."
    assert len(page.table(HISTORY)) == 3


def published(page: ShownPage) -> str:
    """Return the last line of the only card."""
    [found] = re.findall(r"Last published: generation 3, \d{4}-\d\d-\d\d \d\d:\d\d", page.cards()[0])
    return str(found)


@pytest.mark.parametrize("names", [(), ("--no-names",)], ids=["names", "no names"])
def test_isams_does_not_answer(nights: Path, httpserver: HTTPServer, names: tuple[str, ...]) -> None:
    """The page says what failed and what to do now; `--cached` is named where there is a document to look at."""
    remote(nights, answer(httpserver, "<html>Please sign in</html>"))
    assert report(*names, days=3).exit_code == 3
    [(what, advice), *_] = ShownPage.read(Path("page.html")).matters()
    assert what.startswith("iSAMS failed, and no set could be made for Seniors: ")
    assert advice
    assert "--cached" not in advice

    shutil.copy(nights / "hartley.xml", nights / "state" / "isams.xml")
    assert report(*names, days=3).exit_code == 3
    [(_, more), *_] = ShownPage.read(Path("page.html")).matters()
    assert more == f"{advice} To see the sets from the last document: sdssync report --cached"


def test_what_failed_before_the_document_was_needed(nights: Path) -> None:
    """A profile with mistakes has its own matter, also if the source fails with the same code."""
    (nights / "hartley.xml").unlink()
    install(nights, wrong='name = "Wrong"\noutput = "csv/Wrong"\nyear_groups = "nine"\n')
    assert report(days=3).exit_code == 2

    [(source, _), (wrong, _)] = ShownPage.read(Path("page.html")).matters()
    assert source.startswith("iSAMS failed, and no set could be made for Seniors: ")
    assert wrong == "Wrong failed: profiles.d/wrong.toml has 1 mistake"


MISTAKES = {
    "no TOML": ({"seniors": "name = "}, "seniors", "profiles.d/seniors.toml"),
    "a value": ({"wrong": 'name = "Wrong"\noutput = "csv/Wrong"\nyear_groups = "nine"\n'}, "Wrong", "year_groups: "),
    "a part": (
        {"all": COMBINED.replace("Other", "Prep"), "prep": PARTS + 'name = "Prep"\ncolour = "red"\n'},
        "School",
        "combine[1]: profiles.d/prep.toml has mistakes",
    ),
}


@pytest.mark.parametrize("names", [(), ("--no-names",)], ids=["names", "no names"])
@pytest.mark.parametrize(("files", "name", "mistake"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_profile_with_mistakes(
    nights: Path, names: tuple[str, ...], files: dict[str, str], name: str, mistake: str
) -> None:
    """The mistakes themselves are on the page, with their keys, and what needs a set is not known."""
    install(nights, **{"seniors": SENIORS.replace("year", 'format = "v2.1"\nyear'), **files})
    ran = report(*names, days=2)
    page = ShownPage.read(Path("page.html"))

    assert ran.exit_code == 2
    assert any(what.startswith(f"{name} failed: profiles.d/") for what, _ in page.matters())
    assert mistake in page.section(name)
    assert "Not known: there is no new set (profiles.d/" in page.section(name)
    assert "There is no earlier set to compare with" not in page.section(name)


def test_a_generation_that_is_damaged_is_passed_over(nights: Path) -> None:
    """The page compares with the newest other generation that is whole; `--since` does not take a damaged one."""
    (nights / "state" / "profiles" / "Seniors" / "2" / "users.csv").write_text("x", encoding="utf-8")

    assert "From generation 1, published" in shown(days=2).words
    ran = report("Seniors", "--since", "2", days=2)
    [failed] = ran.logs("command.failed")
    assert (ran.exit_code, failed["error"]) == (6, "generation 2 of Seniors is damaged")
    assert failed["hint"] == "the generations that are whole: 1, 3"


def test_one_state_on_one_page(nights: Path) -> None:
    """History and generations are read while no other command can publish: before the lock of the run is released."""
    state, held, is_watching = nights / "state", dict[str, bool](), True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        name = Path(str(arguments[0])).name if event == "open" and is_watching else ""
        if name in ("audit.jsonl", "status.json", "manifest.json"):
            held[name] = held.get(name, True) and is_held(state)

    sys.addaudithook(watch)
    assert report(days=2).exit_code == 0
    is_watching = False

    assert held == {"audit.jsonl": True, "status.json": True, "manifest.json": True}


SINCE = {
    "no profile": ((), "--since 1 is a generation of one profile; expected the name of one, found none"),
    "two profiles": (
        ("Seniors", "Prep"),
        "--since 1 is a generation of one profile; expected the name of one, found 2",
    ),
}


@pytest.mark.usefixtures("nights")
@pytest.mark.parametrize(("names", "error"), SINCE.values(), ids=SINCE.keys())
def test_since_needs_one_profile(names: tuple[str, ...], error: str) -> None:
    """A generation belongs to one profile, which has to be named."""
    ran = report(*names, "--since", "1")

    assert ran.exit_code == 2
    assert ran.logs("command.failed")[0]["error"] == error
    assert not Path("page.html").exists()


@pytest.mark.usefixtures("nights")
def test_since_needs_a_generation_that_is_kept() -> None:
    """Another number is a mistake, and the hint has those that are kept."""
    ran = report("Seniors", "--since", "7")

    [failed] = ran.logs("command.failed")
    assert (ran.exit_code, failed["error"]) == (2, "Seniors has no generation 7")
    assert failed["hint"] == "the generations that are kept: 1, 2, 3"


@needs_modes
@pytest.mark.usefixtures("nights")
def test_only_the_owner_can_read_the_page() -> None:
    """The page has mode 0600, and says who may see it; so does the command."""
    ran = report(days=2)

    assert Path("page.html").stat().st_mode & 0o777 == 0o600
    assert "do not pass it on" in ran.out
    assert "do not pass it on" in ShownPage.read(Path("page.html")).words


@pytest.mark.usefixtures("nights")
def test_a_page_is_replaced_and_no_other_file() -> None:
    """The command replaces a page that it wrote, and refuses any other file before it reads the document."""
    shown(days=2)
    Path("page.html").write_bytes(Path("page.html").read_bytes().replace(b"Seniors", b"Former "))
    assert "Former" not in shown(days=2).text

    Path("page.html").write_text("<!doctype html><title>mine</title>", encoding="utf-8")
    ran = report(days=2)
    assert ran.exit_code == 2
    assert not ran.logs("source.read")
    assert Path("page.html").read_text(encoding="utf-8") == "<!doctype html><title>mine</title>"


@pytest.mark.usefixtures("nights")
@pytest.mark.parametrize("folder", ["csv/Seniors", "state", "profiles.d"])
def test_never_in_a_folder_of_our_own(folder: str) -> None:
    """Where SDS or a run would take a file the page is refused."""
    ran = command("report", "--output", f"{folder}/page.html")

    assert ran.exit_code == 2
    assert not (Path(folder) / "page.html").exists()


@pytest.mark.parametrize("names", [(), ("--no-names",)], ids=["names", "no names"])
def test_a_messy_school(school: Path, names: tuple[str, ...]) -> None:
    """Whatever names, codes and subjects hold is text: the page has one style and one script, and loads nothing."""
    install(school, SETTINGS, seniors=SENIORS.replace("[9]", "[7]"))
    (school / "hartley.xml").write_text(messy_school().xml(), encoding="utf-8")
    page = shown(*names)

    assert page.policy() == page.policy_of_its_texts()
    assert page.root.xpath("count(//img|//iframe|//link|//object|//base)") == 0
    attributes = {str(name) for element in page.root.iter() for name in element.attrib}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert not [link for link in page.root.xpath("//@href|//@src") if not str(link).startswith("#")]
    assert LONG not in page.text
    assert "\u202e" not in page.text
    assert "49{%" not in page.text
    assert len(page.table(CLASSES)) == 2 * len(ODD)


@pytest.mark.usefixtures("nights")
def test_nothing_private_is_logged() -> None:
    """No name and no address is in a log line, even at `-v`."""
    ran = report("-v", days=2)

    assert not re.findall(r"Forename|Surname|hollowell", ran.err)
