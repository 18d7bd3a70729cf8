"""What is wrong with a command line, in our words: click says the same in a dozen styles."""

from collections.abc import Sequence

import click

from sdssync.config.mistakes import describe
from sdssync.errors import ConfigError

_INSTEAD = {"help": "sdssync --help", "version": "sdssync --version"}
"""Commands that people try, and what they look for."""


def explain(error: click.UsageError, group: click.Group, arguments: Sequence[str]) -> ConfigError:
    """Return a usage error with what was expected and found, and the one thing to do next."""
    command = named_command(group, arguments)
    help_hint = f"see sdssync {command} --help" if command else "see sdssync --help"
    match error:
        case click.exceptions.NoSuchCommand():
            name = _wanted_command(error, arguments)
            hint = f"did you mean sdssync {error.possibilities[0]}?" if error.possibilities else help_hint
            return ConfigError(f"there is no command {describe(name)}", _INSTEAD.get(name, hint))
        case click.NoSuchOption():
            hint = _belongs_after(error, group, command) or (
                f"did you mean {error.possibilities[0]}?" if error.possibilities else help_hint
            )
            return ConfigError(f"there is no option {error.option_name} here", hint)
        case click.BadOptionUsage():
            return ConfigError(f"{error.option_name} needs a value", help_hint)
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else "an argument"
            return ConfigError(f"expected {name}, found nothing", help_hint)
        case click.BadParameter():
            return ConfigError(f"{_name(error)}: {_fault(error)}", help_hint)
    return ConfigError(_lower(error.format_message().rstrip(".")), help_hint)


def named_command(group: click.Group, arguments: Sequence[str]) -> str | None:
    """Return the command of a command line, wherever it is; None if there is not one."""
    return next((argument for argument in arguments if argument in group.commands), None)


def _wanted_command(error: click.UsageError, arguments: Sequence[str]) -> str:
    """Return the word that was taken for a command."""
    named = getattr(error, "command_name", None)
    return str(named) if named else next((argument for argument in arguments if not argument.startswith("-")), "")


def _belongs_after(error: click.NoSuchOption, group: click.Group, command: str | None) -> str:
    """Return the hint for an option of a command that was given before it; "" if it is not one."""
    if command is None or error.ctx is None or error.ctx.command is not group:
        return ""
    known = {name for parameter in group.commands[command].params for name in parameter.opts}
    return f"put it after the command: sdssync {command} {error.option_name} ..." if error.option_name in known else ""


def _name(error: click.BadParameter) -> str:
    """Return the option or argument as it is written on the command line."""
    if isinstance(error.param, click.Option):
        return error.param.opts[0]
    return error.param.human_readable_name if error.param else "the command line"


def _fault(error: click.BadParameter) -> str:
    """Return what was expected; a fault of our own types says so already."""
    kind = error.param.type if error.param else None
    if isinstance(kind, click.IntRange):
        most = "" if kind.max is None else f" and at most {kind.max}"
        return f"expected a whole number of at least {kind.min}{most}"
    if isinstance(kind, click.Choice):
        return f"expected one of {', '.join(map(str, kind.choices))}"
    return _lower(error.message.rstrip("."))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
