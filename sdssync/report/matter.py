"""One thing that someone has to act on after a run, and how it is worded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdssync.files.names import printable
from sdssync.report.screen import Line

LISTED = 20
"""Details that a matter lists; all are counted. The people without e-mail address are listed without a limit."""
_FEW = 4
"""Profiles that are listed by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing to act on."""

    what: str
    details: tuple[str, ...] = ()
    advice: str = ""
    is_grave: bool = False
    """True if something was not published because of it."""


def matter_lines(matter: Matter) -> Iterator[Line]:
    """Yield a matter with an empty line before it."""
    yield Line("")
    yield Line(printable(matter.what), "bold red" if matter.is_grave else "bold")
    for detail in matter.details:
        yield Line(f"  {printable(detail)}")
    if matter.advice:
        yield Line(f"  {matter.advice}", "dim")


def shortened(details: Sequence[str], where: str = "--format json", most: int = LISTED) -> tuple[str, ...]:
    """Return the first details, and how many more there are and where."""
    rest = more(len(details) - most, where)
    return (*details[:most], *([rest.removeprefix(", ")] if rest else []))


def more(number: int, where: str = "--format json") -> str:
    """Return how many further details there are, as the end of a list; "" if there are none."""
    return f", and {number:,} more: {where} lists them" if number > 0 else ""


def sentence(text: str) -> str:
    """Return a hint as a sentence of its own."""
    end = "" if text.endswith(("?", ".")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}" if text else ""


def quoted(name: str) -> str:
    """Return a name as a command line needs it."""
    return f'"{name}"' if " " in name else name


def profile_words(names: Sequence[str], all_profiles: int) -> str:
    """Return names of profiles as a list that stays short."""
    if len(names) == all_profiles > _FEW:
        return f"all {len(names)} profiles"
    if len(names) > _FEW:
        return f"{', '.join(names[:_FEW])} and {len(names) - _FEW} more profiles"
    return ", ".join(names)
