"""The commands that set up an installation: its first files, and completion in the shell."""

from datetime import date
from typing import TYPE_CHECKING

import click

from sdssync.cli import streams
from sdssync.cli.options import (
    DAY,
    Common,
    Value,
    cached_option,
    common_options,
    config_path,
    local_today,
    split_list,
)
from sdssync.errors import ConfigError, ExitCode
from sdssync.sds.formats import SdsFormat

if TYPE_CHECKING:
    from sdssync.setup.profile_text import ProfileOptions


@click.command()
@common_options
def init(common: Common) -> ExitCode:
    """
    Write a first sdssync.toml and create the folder of profiles; an existing file is never overwritten.

    Example: sdssync init
    """
    from sdssync.report.screen import Line
    from sdssync.setup.new_files import first_steps
    from sdssync.setup.new_files import init as write_settings

    config = config_path(common)
    for path in write_settings(config):
        streams.print_result(f"created {path}\n")
    named = "" if common.config is None else f" --config {common.config}"
    streams.print_lines(map(Line, first_steps(config, named)), color=False)
    return ExitCode.DONE


@click.command()
@common_options
@click.argument("name", help="Name of the profile, and of its file.")
@click.option("--years", help="Year groups, like 7-13 or 7,8,10-12.")
@click.option("--exclude", metavar="IDS", multiple=True, help="Subject ids to leave out.")
@click.option("--include", metavar="IDS", multiple=True, help="The only subject ids to take.")
@click.option("--suffix", default="", help="Text after the title of each class.")
@click.option("--output", metavar="DIR", help="Output folder [default: csv/NAME].")
@click.option("--expires", type=DAY, metavar="YYYY-MM-DD", help="Last day on which the profile runs.")
@click.option("--title", help="Title of each class, like {set_code}{suffix}.")
@click.option("--class-id", help="Id of each class, like {set_id}{suffix}.")
@click.option("--extra", metavar="ADDRESSES", multiple=True, help="Teachers to add to every class, by e-mail address.")
@click.option("--combine", metavar="NAMES", multiple=True, help="Profiles to make one set of: no other rows.")
@click.option("--exclude-classes", metavar="PATTERNS", multiple=True, help="Set codes without a class, like *Games*.")
@click.option("--forms", is_flag=True, help="A class for each form; iSAMS has to send them.")
@click.option("--houses", metavar="KINDS", multiple=True, help="A class for each house: academic, boarding or both.")
@click.option("--year-groups", is_flag=True, help="A class for each year; iSAMS has to send them.")
@click.option("--sds-format", type=Value(SdsFormat), default=SdsFormat.V21, help="CSV format.  [default: v2.1]")
@click.option("--interactive", is_flag=True, help="Ask for what is not given, with the years and subjects of iSAMS.")
@cached_option
def new(
    common: Common,
    name: str,
    *,
    years: str | None,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    suffix: str,
    output: str | None,
    expires: date | None,
    title: str | None,
    class_id: str | None,
    extra: tuple[str, ...],
    combine: tuple[str, ...],
    exclude_classes: tuple[str, ...],
    forms: bool,
    houses: tuple[str, ...],
    year_groups: bool,
    sds_format: SdsFormat,
    interactive: bool,
    cached: bool,
) -> ExitCode:
    """
    Write a new profile into the folder of profiles; an existing file is never overwritten.

    Example: sdssync new Seniors --years 7-13 --exclude 7,15 --suffix _2026_27 --expires 2027-07-31

    Example: sdssync new Seniors --interactive
    """
    from sdssync.setup.new_files import new_profile
    from sdssync.setup.profile_text import ProfileOptions

    chosen = ProfileOptions(
        years=years,
        exclude=split_list(exclude),
        include=split_list(include),
        suffix=suffix,
        output=output,
        expires=expires,
        format=sds_format,
        title=title,
        class_id=class_id,
        extra=split_list(extra),
        combine=split_list(combine),
        exclude_classes=split_list(exclude_classes),
        forms=forms,
        houses=split_list(houses),
        year_groups=year_groups,
    )
    if cached and not interactive:
        raise ConfigError("--cached goes with --interactive only", "without it no document is read")
    if interactive:
        chosen = _ask(common, name, chosen, cached=cached)
    streams.print_result(f"created {new_profile(config_path(common), name, chosen, local_today())}\n")
    if interactive:
        _complete(common, name)
    return ExitCode.DONE


def _complete(common: Common, name: str) -> None:
    """Write the schemas for editors after an interview, and say what comes next."""
    from sdssync.report.matter import quoted
    from sdssync.setup.schemas import write_schemas

    write_schemas(config_path(common).parent)
    streams.print_result(f"next: sdssync run {quoted(name)} --dry-run\n")


def _ask(common: Common, name: str, chosen: "ProfileOptions", *, cached: bool) -> "ProfileOptions":
    """
    Ask for what the options do not say.

    Raises:
        ConfigError: no one can answer, or the profile cannot be written whatever the answers are.
        SdsSyncError: there is no document from which years and subjects could be offered.

    """
    from sdssync.cli.interview import Interview, require_terminal
    from sdssync.cli.progress import progress_display
    from sdssync.isams.source import wanted_groups
    from sdssync.jobs.offers import look_at_school
    from sdssync.setup.new_files import free_file

    require_terminal()
    if chosen.combine:
        raise ConfigError("--interactive asks about years and subjects, which a profile with --combine does not have")
    place = free_file(config_path(common), name)
    wanted = wanted_groups((file.profile for file in place.others if file.profile), local_today())
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        offers = look_at_school(place.settings, wanted, cached=cached, progress=progress)
    return Interview(place, offers, local_today(), common.log.color).complete(name, chosen)


@click.command()
@common_options
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
def completion(common: Common, shell: str) -> ExitCode:
    """
    Print the completion script for a shell.

    Example: sdssync completion bash
    """
    from sdssync.cli.completion import Shell, script

    del common
    streams.print_result(script(click.get_current_context().find_root().command, Shell(shell)))
    return ExitCode.DONE
