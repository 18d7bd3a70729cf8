"""The questions of `new --interactive`: what is not given as an option is asked for, with what the source offers."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import click

from sdssync.cli import streams
from sdssync.cli.options import DAY
from sdssync.errors import ConfigError, SdsSyncError
from sdssync.jobs.offers import Offers
from sdssync.report.subjects import subjects_lines, years_lines
from sdssync.report.years import years_text
from sdssync.setup.new_files import FreeFile, check_output
from sdssync.setup.profile_text import ProfileOptions, parse_years

Answer = TypeVar("Answer")

_NOTHING = "none"
"""What is typed for nothing: an empty answer takes what is offered."""


def require_terminal() -> None:
    """
    Refuse to ask where no one can answer.

    Raises:
        ConfigError: stdin or stdout is not a terminal.

    """
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError(
            "--interactive asks questions, and there is no terminal to answer them",
            "give the answers as options, like sdssync new Seniors --years 7-13 --exclude 7,15",
        )


@dataclass(frozen=True, slots=True)
class Interview:
    """Asks for what a profile needs."""

    place: FreeFile
    offers: Offers
    today: date
    color: bool

    def complete(self, name: str, given: ProfileOptions) -> ProfileOptions:
        """Return the options with an answer for each that was not given."""
        years = given.years or self._years()
        exclude, include = given.exclude, given.include
        if not exclude and not include:
            exclude, include = self._subjects(parse_years(years))
        return replace(
            given,
            years=years,
            exclude=exclude,
            include=include,
            suffix=given.suffix or _ask("Text after the title of each class", self._suffix(), _or_nothing),
            expires=given.expires or _ask("Last day on which it runs", self._last_day().isoformat(), _day),
            output=given.output or self._output(name),
        )

    def _output(self, name: str) -> str:
        """Ask for a folder that the profile may have."""

        def checked(text: str) -> str:
            check_output(self.place, name, text)
            return text

        return _ask("Output folder", f"csv/{name}", checked)

    def _years(self) -> str:
        """Show the years of the school, and ask which."""
        streams.print_lines(years_lines(self.offers.years, streams.width()), color=self.color)
        offered = years_text(item.year for item in self.offers.years if item.pupils).replace(" ", "")

        def checked(text: str) -> str:
            parse_years(text)
            return text

        return _ask("Year groups", offered, checked)

    def _subjects(self, years: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Show the subjects of these years, and ask which to leave out, or else which alone to take."""
        subjects = self.offers.subjects(years)
        streams.print_lines(subjects_lines(subjects, streams.width()), color=self.color)
        known = {subject.id for subject in subjects}

        def checked(text: str) -> tuple[str, ...]:
            ids = tuple(part.strip() for part in text.split(",")) if text != _NOTHING else ()
            if unknown := [part for part in ids if part not in known]:
                raise ConfigError(f"no subject above has the id {', '.join(unknown)}")
            return ids

        if exclude := _ask("Ids of subjects to leave out, like 7,15", _NOTHING, checked):
            return exclude, ()
        return (), _ask("Ids of the only subjects to take", _NOTHING, checked)

    @property
    def _first_year(self) -> int:
        """The calendar year in which the present academic year began; from July on the next one counts."""
        return self.today.year if self.today.month >= 7 else self.today.year - 1

    def _suffix(self) -> str:
        return f"_{self._first_year}_{(self._first_year + 1) % 100:02}"

    def _last_day(self) -> date:
        return date(self._first_year + 1, 7, 31)


def _or_nothing(text: str) -> str:
    return "" if text == _NOTHING else text


def _day(text: str) -> date | None:
    return None if text == _NOTHING else DAY.convert(text, None, None)


def _ask(question: str, offered: str, read: Callable[[str], Answer]) -> Answer:
    """
    Ask until the answer can be read.

    Raises:
        KeyboardInterrupt: the person has gone, by Ctrl+C or by the end of the input.

    """

    def checked(text: str) -> Answer:
        try:
            return read(text.strip())
        except SdsSyncError as error:
            raise click.UsageError(str(error)) from None

    try:
        answer: Answer = click.prompt(question, default=offered, value_proc=checked)
    except click.Abort:
        raise KeyboardInterrupt from None
    return answer
