"""
The options that several commands have, and what happens around each command.

Those that every command has stand before the command or after it. A handler gets them as one `Common` value and returns
an exit code. Around it logs are set up, and errors become one line and a code: this is the only place that catches
them.
"""

import functools
import inspect
import logging
import os
import secrets
import sys
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sdssync import __version__
from sdssync.errors import ConfigError, ExitCode, OutputError, SdsSyncError
from sdssync.log.options import LogFormat, LogOptions


class ResultFormat(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


Format = Annotated[ResultFormat, typer.Option("--format", help="How the result is printed.")]
Cached = Annotated[bool, typer.Option("--cached", help="Use the document that was downloaded last.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")]
Today = Annotated[
    datetime | None,
    typer.Option(
        "--today", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The day that counts for expiry [default: today]."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the common options say."""

    config: Path | None
    """None: not given."""
    log: LogOptions
    run_id: str

    @property
    def progress(self) -> bool:
        """Whether a progress display is welcome."""
        return self.log.level < logging.WARNING


def _show_version(wanted: bool) -> None:  # noqa: FBT001  (how a callback of an option is called)
    if wanted:
        typer.echo(f"sdssync {__version__}")
        raise typer.Exit


# By name of the parameter, in the order of the help; None or False means: not given here.
_OPTIONS: dict[str, Any] = {
    "config": Annotated[
        Path | None,
        typer.Option("--config", metavar="PATH", help="Settings file [default: $SDSSYNC_CONFIG, else ./sdssync.toml]."),
    ],
    "log_format": Annotated[
        LogFormat | None, typer.Option("--log-format", help="How log lines look on stderr [default: auto].")
    ],
    "log_file": Annotated[
        Path | None, typer.Option("--log-file", metavar="PATH", help="Append log lines to this file too, as JSON.")
    ],
    "verbose": Annotated[bool, typer.Option("-v", "--verbose", help="Log more.")],
    "quiet": Annotated[bool, typer.Option("-q", "--quiet", help="Log warnings and errors only.")],
    "no_color": Annotated[bool, typer.Option("--no-color", help="No colours; so does $NO_COLOR.")],
    "version": Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ],
}
_DEFAULTS = {"config": None, "log_format": None, "log_file": None}


def before_the_command(context: typer.Context, **given: Any) -> None:
    """Keep the common options that stand before the command."""
    context.obj = given


def command(handler: Callable[..., ExitCode]) -> Callable[..., None]:
    """Make a handler `(common, **its own options) -> ExitCode` a command with the common options."""

    @functools.wraps(handler)
    def wrapper(context: typer.Context, **given: Any) -> None:
        shared = {name: given.pop(name) or context.obj[name] for name in _OPTIONS}
        raise typer.Exit(run(functools.partial(handler, **given), _common(shared)))

    own = typing.get_type_hints(handler, include_extras=True)
    parameters = [
        parameter.replace(annotation=own[name])
        for name, parameter in inspect.signature(handler).parameters.items()
        if name != "common"
    ]
    return _with_options(wrapper, parameters)


def callback(function: Callable[..., None]) -> Callable[..., None]:
    """Give the function that runs before every command the common options."""

    @functools.wraps(function)
    def wrapper(context: typer.Context, **given: Any) -> None:
        function(context, **given)

    return _with_options(wrapper, [])


UsageError: type[Any] = typer.BadParameter.__bases__[0]
"""What typer raises for a command line that it does not understand; it exports no name for it."""


def misused(error: Any, arguments: Sequence[str]) -> ExitCode:
    """
    Tell a mistake in the command line as a log line like every other error, below the usage on a terminal.

    Where no command is given, the help is shown.
    """
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    if "\n" in message:
        error.show()
        return ExitCode.USAGE
    if sys.stderr.isatty() and error.ctx:
        typer.echo(error.ctx.get_usage(), err=True)
    command = error.ctx.command_path if error.ctx else "sdssync"
    return refuse(ConfigError(message, f"see {command} --help"), arguments)


def refuse(error: SdsSyncError, arguments: Sequence[str]) -> ExitCode:
    """Tell an error that comes before any command."""

    def handler(_: Common) -> ExitCode:
        raise error

    return run(handler, _common(dict.fromkeys(_OPTIONS) | _log_options(arguments)))


def _log_options(arguments: Sequence[str]) -> dict[str, Any]:
    """Find where the log goes in a command line that is wrong elsewhere: a scheduled task has nothing but its file."""
    from argparse import ArgumentError, ArgumentParser  # noqa: PLC0415  (rarely needed)

    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--log-file", type=Path)
    parser.add_argument("--log-format", type=LogFormat)
    try:
        return vars(parser.parse_known_args(arguments)[0])
    except ArgumentError:
        return {}


def run(handler: Callable[[Common], ExitCode], common: Common) -> ExitCode:
    """Run a handler with logs; an error becomes a log line of one line, and its exit code."""
    from sdssync.log import outcomes, setup  # noqa: PLC0415  (help and usage need no logs)

    code = ExitCode.DONE
    try:
        with setup.logging_to(common.log, common.run_id):
            code = _guarded(handler, common)
    except OutputError as error:  # of the log file: so tell it without one
        with setup.logging_to(replace(common.log, file=None), common.run_id):
            outcomes.failed("log.failed", error)
        return max(code, error.exit_code)
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


def _common(given: dict[str, Any]) -> Common:
    level = logging.DEBUG if given["verbose"] else logging.WARNING if given["quiet"] else logging.INFO
    return Common(
        config=given["config"],
        log=LogOptions(
            format=given["log_format"] or LogFormat.AUTO,
            file=given["log_file"],
            level=level,
            color=not (given["no_color"] or os.environ.get("NO_COLOR")),
        ),
        run_id=_run_id(),
    )


def _run_id() -> str:
    return secrets.token_hex(8)


def _with_options(wrapper: Callable[..., None], own: list[inspect.Parameter]) -> Callable[..., None]:
    """Let typer see the parameters: the context, the command's own, the common ones."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in own),
        *(
            inspect.Parameter(name, keyword, annotation=option, default=_DEFAULTS.get(name, False))
            for name, option in _OPTIONS.items()
        ),
    ]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions have it
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return wrapper
