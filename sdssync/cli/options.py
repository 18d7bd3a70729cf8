"""
The options that several commands have, and what happens around each command.

The common options may be given before the command or after it. A handler gets them as one `Common` value and returns
an exit code. Logs are set up around it, and errors become one line and a code: this is the only place that catches
them all.
"""

import functools
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sdssync import __version__
from sdssync.errors import ExitCode, OutputError, SdsSyncError
from sdssync.log.options import LogFormat, LogOptions

if TYPE_CHECKING:
    from sdssync.config.installation import Installation

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class ResultFormat(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class Value(click.Choice[Any]):
    """One of the members of a StrEnum, by its value: click itself takes the names of members."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """Return the text for a member or for what was typed."""
        del ctx
        return str(choice)


class _Day(click.ParamType[date]):
    """A day, written YYYY-MM-DD."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; anything else is a usage error."""
        if isinstance(value, date):
            return value
        from sdssync.config.mistakes import describe  # noqa: PLC0415  (most command lines name no day)

        text = str(value)
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                self.fail(f"expected a day like 2027-07-31, found {describe(text)}", param, ctx)
            return date.fromisoformat(text)
        except ValueError:
            self.fail(f"expected a day of the calendar, found {describe(text)}", param, ctx)


DAY = _Day()
FILE = click.Path(path_type=Path)

format_option: Decorator = click.option(
    "--format",
    "result_format",
    type=Value(ResultFormat),
    default=ResultFormat.TEXT,
    help="How the result is printed.  [default: text]",
)
cached_option: Decorator = click.option("--cached", is_flag=True, help="Use the document that was downloaded last.")
dry_run_option: Decorator = click.option("--dry-run", is_flag=True, help="Do everything but publish.")
keep_option: Decorator = click.option(
    "--keep", type=FILE, metavar="DIR", help="With --dry-run: leave the generated sets in DIR/NAME, to look at."
)
today_option: Decorator = click.option(
    "--today", type=DAY, metavar="YYYY-MM-DD", help="The day from which days are counted [default: today]."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the common options say."""

    config: Path | None
    """None: not given."""
    log: LogOptions
    run_id: str

    @property
    def wants_progress(self) -> bool:
        """Return True unless the command line asks for quiet."""
        return self.log.level < logging.WARNING


After = Callable[[Common, ExitCode], None]
"""What is called with the exit code when a command has ended."""


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  (click's call)
    if wanted and not context.resilient_parsing:
        click.echo(f"sdssync {__version__}")
        context.exit()


# In the order of the help. A value that is None or False was not given.
COMMON_OPTIONS: tuple[click.Option, ...] = (
    click.Option(
        ["--config"], type=FILE, metavar="PATH", help="Settings file [default: $SDSSYNC_CONFIG, else ./sdssync.toml]."
    ),
    click.Option(["--log-format"], type=Value(LogFormat), help="How log lines look on stderr [default: auto]."),
    click.Option(["--log-file"], type=FILE, metavar="PATH", help="Append log lines to this file too, as JSON."),
    click.Option(["-v", "--verbose"], is_flag=True, help="Log more."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Log warnings and errors only."),
    click.Option(["--no-color"], is_flag=True, help="No colours; $NO_COLOR does the same."),
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help="Show the version and exit.",
    ),
)
_NAMES = ("config", "log_format", "log_file", "verbose", "quiet", "no_color")


def followed_by(after: Callable[..., None]) -> Decorator:
    """Return `common_options` for a handler after which, come what may, `(common, code, **its options)` is called."""
    return functools.partial(common_options, after=after)


def common_options(
    handler: Callable[..., ExitCode], after: Callable[..., None] | None = None
) -> Callable[..., ExitCode]:
    """
    Let a handler `(common, **its own options) -> ExitCode` be called by click, with the common options after its own.

    What is given after the command wins over what is given before it.
    """

    @functools.wraps(handler)
    @click.pass_context
    def callback(context: click.Context, /, **given: Any) -> ExitCode:
        before = context.parent.params if context.parent else {}
        values = {name: given.pop(name) or before.get(name) for name in _NAMES}
        then = functools.partial(after, **given) if after else None
        return run(functools.partial(handler, **given), _common(values), then)

    # click keeps the options of a function in this list, the last one first
    own = handler.__dict__.get("__click_params__", [])
    callback.__dict__["__click_params__"] = [*reversed(COMMON_OPTIONS), *own]
    return callback


def config_path(common: Common) -> Path:
    """
    Return the settings file that the command line or the environment names.

    Raises:
        ConfigError: it would be in the current folder, and that does not exist any more.

    """
    from sdssync.config.settings import settings_path  # noqa: PLC0415  (help and usage need no settings)

    return settings_path(common.config, os.environ)


def installation(common: Common) -> "Installation":
    """
    Return what is configured.

    Raises:
        ConfigError: the settings are wrong or missing.

    """
    from sdssync.config.installation import load  # noqa: PLC0415  (help and usage need no settings)

    return load(config_path(common))


def local_today() -> date:
    """Return the day by the clock of this computer."""
    return datetime.now().astimezone().date()


def split_list(given: Sequence[str]) -> tuple[str, ...]:
    """Return the parts of lists that are given as `--option 7,15 --option 16`."""
    return tuple(part.strip() for text in given for part in text.split(","))


def refuse(error: SdsSyncError, arguments: Sequence[str], after: After | None = None) -> ExitCode:
    """Log an error that comes before any command; `after` is called as after a handler."""

    def handler(_: Common) -> ExitCode:
        raise error

    return run(handler, _common(_places(arguments)), after)


def _places(arguments: Sequence[str]) -> Mapping[str, Any]:
    """Return the settings and the log of a command line that is wrong elsewhere: a scheduled task has only its file."""
    options = [option for option in COMMON_OPTIONS if option.name in {"config", "log_file", "log_format"}]
    settings = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    reader = click.Command("places", params=[*options], context_settings=settings)
    return reader.make_context("log", list(arguments), resilient_parsing=True).params


def run(
    handler: Callable[[Common], ExitCode],
    common: Common,
    after: After | None = None,
) -> ExitCode:
    """
    Run a handler with logs; an error becomes one log line and its exit code.

    `after` is called with that code, and cannot change it.
    """
    from sdssync.log import outcomes, setup  # noqa: PLC0415  (help and usage need no logs)

    code = ExitCode.DONE
    try:
        with setup.logging_to(common.log, common.run_id):
            code = _guarded(handler, common)
    except OutputError as error:  # of the log file: from here on there is none
        common = replace(common, log=replace(common.log, file=None))
        with setup.logging_to(common.log, common.run_id):
            outcomes.failed("log.failed", error)
        code = max(code, error.exit_code)
    if after:
        with suppress(OutputError), setup.logging_to(common.log, common.run_id):
            _guarded(functools.partial(_call_after, after, code), common)
    return code


def _call_after(after: After, code: ExitCode, common: Common) -> ExitCode:
    after(common, code)
    return code


def _guarded(handler: Callable[[Common], ExitCode], common: Common) -> ExitCode:
    from sdssync.log import outcomes  # noqa: PLC0415  (help and usage need no logs)

    try:
        return handler(common)
    except SdsSyncError as error:
        outcomes.failed("command.failed", error)
        return error.exit_code
    except KeyboardInterrupt:
        outcomes.interrupted("command.interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the one place where a bug becomes a line and a code)
        outcomes.crashed("command.crashed", error)
        return ExitCode.BUG


def _common(given: Mapping[str, Any]) -> Common:
    level = logging.DEBUG if given.get("verbose") else logging.WARNING if given.get("quiet") else logging.INFO
    return Common(
        config=given.get("config"),
        log=LogOptions(
            format=given.get("log_format") or LogFormat.AUTO,
            file=given.get("log_file"),
            level=level,
            color=not (given.get("no_color") or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"),
        ),
        run_id=os.urandom(8).hex(),
    )
