"""The command that writes a page to look at."""

from datetime import date, datetime
from pathlib import Path

import click

from sdssync.cli import streams
from sdssync.cli.options import FILE, Common, cached_option, common_options, installation, local_today, today_option
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.argument("names", metavar="[NAME]...", nargs=-1, help="Profiles, by name [default: all].")
@click.option("--output", type=FILE, metavar="FILE.html", required=True, help="The file to write, for you alone.")
@click.option(
    "--since",
    type=click.IntRange(min=1),
    metavar="GEN",
    help="Show what changed since this generation of the profile [default: the newest that differs].",
)
@click.option("--no-names", is_flag=True, help="Show ids, codes and counts only.")
@cached_option
@today_option
def report(
    common: Common,
    names: tuple[str, ...],
    output: Path,
    since: int | None,
    *,
    no_names: bool,
    cached: bool,
    today: date | None,
) -> ExitCode:
    """
    Write one HTML page to look at: sets, people, findings, changes, gates and history of profiles.

    Example: sdssync report Seniors --cached --output D:/Reports/seniors.html
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.job import Job, Mode
    from sdssync.jobs.report import WantedPage, write_page
    from sdssync.report.page.naming import WithNames, WithoutNames

    job = Job(run_id=common.run_id, today=today or local_today(), names=names, mode=Mode.PLAN, cached=cached)
    naming = WithoutNames() if no_names else WithNames()
    wanted = WantedPage(output=output, since=since, naming=naming, now=datetime.now().astimezone())
    configured = installation(common)
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        written = write_page(configured, job, wanted, progress)
    what = "1 profile" if written.profiles == 1 else f"{written.profiles} profiles"
    streams.print_result(f"{output}: {what}, {written.bytes / 1000:,.0f} kB\n{naming.audience}\n")
    return written.exit_code
