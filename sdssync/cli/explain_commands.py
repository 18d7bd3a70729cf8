"""The command that says why someone or something is, or is not, in a set."""

from datetime import date

import click

from sdssync.cli import streams
from sdssync.cli.options import (
    Common,
    ResultFormat,
    cached_option,
    common_options,
    format_option,
    installation,
    local_today,
    today_option,
)
from sdssync.errors import ExitCode


@click.command()
@common_options
@click.argument(
    "words",
    metavar="PERSON|CLASS",
    nargs=-1,
    required=True,
    help="An id, an address, a set code, a title, or a part of a name.",
)
@click.option("--class", "class_text", metavar="CLASS", help="Why the person is in this class, or is not.")
@click.option("--profile", "profiles", metavar="NAME", multiple=True, help="Only for this profile [default: all].")
@format_option
@cached_option
@today_option
def explain(
    common: Common,
    words: tuple[str, ...],
    class_text: str | None,
    profiles: tuple[str, ...],
    result_format: ResultFormat,
    *,
    cached: bool,
    today: date | None,
) -> ExitCode:
    """
    Say why a person or a class is in the sets of the profiles, or is not: from iSAMS to the published files.

    Example: sdssync explain "Ava Brown"

    Example: sdssync explain 8163769935244 --class 9A/Ma1 --cached
    """
    from sdssync.cli.progress import progress_display
    from sdssync.jobs.explain import explain as find_answer
    from sdssync.jobs.explain_lookup import Question
    from sdssync.report.explanation import explanation_lines
    from sdssync.report.explanation_json import explanation_json

    school = installation(common).school
    question = Question(text=" ".join(words), class_text=class_text, profiles=profiles)
    with progress_display(wanted=common.wants_progress, color=common.log.color) as progress:
        found = find_answer(school, question, today or local_today(), cached=cached, progress=progress)
    if result_format is ResultFormat.JSON:
        streams.print_result(explanation_json(found.result))
    else:
        streams.print_lines(explanation_lines(found.result), color=common.log.color)
    return found.exit_code
