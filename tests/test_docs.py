"""The documents say what the program does: codes, commands, options, events, keys, reasons, help, version, links."""

import ast
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

import sdssync
from sdssync.cli.commands import app
from sdssync.config.schema import ProfileModel, SettingsModel
from sdssync.config.shape import known_keys
from sdssync.errors import ExitCode
from sdssync.log.words import WORDS
from sdssync.report.outcome import Outcome
from sdssync.roster.omissions import Reason
from tests.support.installation import SETTINGS, install
from tests.support.runs import command

pytestmark = pytest.mark.portable

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PACKAGE = Path(sdssync.__file__).parent
GROUP = app
# What the functions of `log.outcomes` add to the keys that they are given.
ADDED = {
    "failed": {"error", "hint", "exit_code"},
    "crashed": {"error", "hint", "frames", "exit_code"},
    "interrupted": {"hint", "exit_code"},
}
LEVELS = ("debug", "info", "warning", "error")


def page(name: str) -> str:
    """Read a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def table(text: str, heading: str) -> dict[str, list[str]]:
    """Read the first table below a heading: what is in backticks first in each row, and the other cells."""
    found = re.search(rf"^{re.escape(heading)}$[^|]*?^(\|.*?\n)(?!\|)", text, re.DOTALL | re.MULTILINE)
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in (found[1] if found else "").splitlines()]
    return {names[0]: [cell.strip() for cell in row[1:]] for row in rows if (names := quoted(row[0]))}


def quoted(text: str) -> list[str]:
    """List what is in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


@cache
def logged() -> dict[str, tuple[set[str], set[str]]]:
    """Find every event of the code, with its levels and the keys that are written out beside it."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            event, method = node.args[0], node.func.attr
            if isinstance(event, ast.Constant) and method in {*LEVELS, *ADDED} and "." in str(event.value):
                levels, keys = found.setdefault(str(event.value), (set(), set()))
                levels.add({"failed": "error", "crashed": "error", "interrupted": "warning"}.get(method, method))
                keys.update(ADDED.get(method, set()), (item.arg for item in node.keywords if item.arg))
    return found


def leaves(model: type[BaseModel]) -> list[str]:
    """List the keys that take a value; the others are tables."""
    known = known_keys(model)
    return [key for key in known if not any(other.startswith(f"{key}.") for other in known)]


@pytest.mark.parametrize("name", ["README.md", "docs/operations.md"])
def test_exit_codes(name: str) -> None:
    """Every exit code is in the tables of both pages, and no other."""
    rows = table(page(name), "## Exit codes")

    assert list(rows) == [str(int(code)) for code in ExitCode]
    assert all(cells[0] for cells in rows.values())


def test_commands() -> None:
    """Every command has its row in the README."""
    rows = table(page("README.md"), "## Commands")

    assert {row.split()[1] for row in rows} == set(GROUP.commands)


@pytest.mark.parametrize("name", sorted(GROUP.commands))
def test_options(name: str) -> None:
    """Every option of a command is in the page about them."""
    section = page("docs/commands.md").partition("\n## Options\n")[2].partition("\n## ")[0]
    rows = {text.split()[0] for text in quoted(section)}
    names = {max(option.opts, key=len) for option in GROUP.commands[name].params if option.opts[0].startswith("-")}

    assert {option for option in names if option not in rows and option not in {"--verbose", "--quiet"}} == set()
    assert {"-v", "-q"} <= rows


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_command_lines(file: Path) -> None:
    """Every command line that a page shows has a command and options that exist."""
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", file.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))
    lines = re.findall(
        r"^(?:\$ |.*& ')?(?:\S*[\\/])?sdssync(?:\.exe')? +([a-z]\S*|--\S+)([^|>#\n]*)", blocks, re.MULTILINE
    )

    wrong = []
    for verb, rest in lines:
        if not verb.startswith("-") and verb not in GROUP.commands:
            wrong.append(verb)
            continue
        shown = GROUP.commands.get(verb, GROUP)
        known = {name for option in shown.params for name in option.opts}
        wrong += [f"{verb} {word}" for word in rest.split() if word.startswith("-") and word not in known]

    assert wrong == []


@pytest.mark.parametrize(
    "recipe", re.findall(r"^```toml\n(.*?)^```", page("docs/classes.md"), re.DOTALL | re.MULTILINE)
)
def test_recipes(here: Path, recipe: str) -> None:
    """Each recipe about classes, at the end of the profile that the page makes, gives classes of the demo school."""
    [line] = re.findall(r"^sdssync (new .*)$", page("docs/classes.md"), re.MULTILINE)
    install(here, SETTINGS.replace("hartley.xml", (ROOT / "fixtures" / "isams" / "hartley.xml").as_posix()))
    assert command(*shlex.split(line)).exit_code == 0
    with (here / "profiles.d" / "Seniors.toml").open("a", encoding="utf-8") as profile:
        profile.write(f"\n{recipe}")

    ran = command("classes", "--today", "2026-09-07", "--format", "json")

    assert ran.exit_code == 0
    assert len(ran.json["profiles"][0]["classes"]) >= 84


def test_help() -> None:
    """The help on the page is what the program prints."""
    rows = re.search(r"<!-- help -->\n```text\n(.*?)```\n<!-- /help -->", page("docs/commands.md"), re.DOTALL)

    assert rows
    assert rows[1].strip() == command("--help").out.strip()


def test_every_warning_has_words() -> None:
    """Each event that a terminal may show has its text, and no text is left of an event that is gone."""
    shown = {event for event, (levels, _) in logged().items() if levels & {"warning", "error"}}

    assert sorted(WORDS) == sorted(shown)


def test_every_event_is_documented() -> None:
    """The table of events names each event of the code, and none that is not there."""
    assert sorted(table(page("docs/operations.md"), "## Log events")) == sorted(logged())


@pytest.mark.parametrize("event", sorted(logged()))
def test_keys_of_events(event: str) -> None:
    """Each key and level that the code gives an event is in its row."""
    rows = table(page("docs/operations.md"), "## Log events").get(event, ["", ""])
    levels, keys = logged()[event]

    assert keys - set(quoted(rows[1])) == set()
    assert {level.strip() for level in rows[0].split(",")} == levels


def test_outcomes_are_keys_of_the_last_event() -> None:
    """The counts of `run.finished` are named."""
    rows = quoted(table(page("docs/operations.md"), "## Log events")["run.finished"][1])

    assert {outcome.value for outcome in Outcome} <= set(rows)


def test_reasons() -> None:
    """Every reason for leaving something out has its row, in the order in which they are applied."""
    rows = table(page("docs/operations.md"), "## What is left out")

    assert sorted(rows) == sorted(Reason)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        *((key, "settings") for key in leaves(SettingsModel)),
        *((key, "profile") for key in leaves(ProfileModel)),
    ],
)
def test_keys_of_files(key: str, kind: str) -> None:
    """Every key of both kinds of TOML file has its row in the page about them."""
    heading = {"settings": "## `sdssync.toml`", "profile": "## `profiles.d/NAME.toml`"}[kind]

    assert key in table(page("docs/profiles.md"), heading)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_tables_are_whole(path: Path) -> None:
    """Each row of a table has as many cells as its head."""
    width, uneven = 0, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "`", line))) if line.startswith("|") else 0
        width = width if cells and width else cells
        if cells != width and cells:
            uneven.append(number)

    assert uneven == []


def test_the_readme_is_short() -> None:
    """It has at most 150 lines; everything else has a page of its own."""
    assert len(page("README.md").splitlines()) <= 150


def test_packages() -> None:
    """Every package is a row of the page about the architecture, once."""
    text = page("docs/architecture.md").partition("## Packages")[2].partition("## Words")[0]
    rows = [quoted(line)[0] for line in text.splitlines() if line.startswith("| `")]

    assert sorted(rows) == sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


@pytest.mark.parametrize(
    "package", sorted(path.parent for path in PACKAGE.glob("*/__init__.py")), ids=lambda path: path.name
)
def test_modules(package: Path) -> None:
    """Every module of a package is named in its row."""
    [row] = [line for line in page("docs/architecture.md").splitlines() if line.startswith(f"| `{package.name}` |")]
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}

    assert modules - set(quoted(row)) == set()


def test_version() -> None:
    """The newest version of the changelog is that of the package."""
    versions = re.findall(r"^## \[(\d[^]]*)\]", page("CHANGELOG.md"), re.MULTILINE)

    assert versions[0] == sdssync.__version__


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links(file: Path) -> None:
    """Every link to a page or a heading of our own leads somewhere."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        if ":" in name:
            continue
        other = (file.parent / name).resolve() if name else file
        if not other.exists() or (anchor and anchor not in _anchors(other)):
            broken.append(target)

    assert broken == []


def _anchors(file: Path) -> set[str]:
    """Return the anchors that headings of a page get."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
